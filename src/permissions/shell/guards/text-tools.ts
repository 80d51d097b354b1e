/** Programs that read text and print text, pagers included. */
import { alwaysAsks, forAll, unknownArgument, type Arg, type Guard, type Guards } from './guard.ts';
import {
  checkArguments,
  firstOutOfBounds,
  mayBecomeOption,
  tableGuard,
  type OperandCheck,
  type OptionTable,
} from './options.ts';

/** `uniq in out` and their like write to their second operand. */
const oneInput: OperandCheck = (operands, _seen, context) => {
  const second = operands[1];
  if (second?.wild === true) return unknownArgument(second);
  const glob = operands.find((arg) => arg.wild && arg.glob);
  return glob === undefined ? firstOutOfBounds(operands, context) : unknownArgument(glob);
};

const TABLES: Readonly<Record<string, OptionTable>> = {
  cat: {
    flags: 'AbeEnstTuv',
    long: 'show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting',
    inert: true,
  },
  tac: { flags: 'br', values: 's', long: 'before regex separator=', inert: true },
  rev: { inert: true },
  head: {
    flags: 'qvz',
    values: 'nc',
    long: 'lines= bytes= quiet silent verbose zero-terminated',
    digits: true,
    inert: true,
  },
  tail: {
    flags: 'fFqvzr',
    values: 'ncs',
    long: 'lines= bytes= follow? quiet silent verbose retry sleep-interval= pid= zero-terminated',
    digits: true,
    inert: true,
  },
  wc: { flags: 'clmwL', long: 'bytes chars lines words max-line-length total=', inert: true },
  sort: {
    flags: 'bdfghiMnRrVcCmsuz',
    values: 'ktS',
    long: `ignore-leading-blanks dictionary-order ignore-case general-numeric-sort ignore-nonprinting month-sort
      human-numeric-sort numeric-sort random-sort reverse version-sort check? merge stable unique zero-terminated
      key= field-separator= sort= parallel= buffer-size=`,
  },
  shuf: { flags: 'erz', values: 'ni', long: 'echo repeat zero-terminated head-count= input-range=' },
  pr: { flags: 'adfFJmnrtTv', values: 'hlow', digits: true },
  uniq: {
    flags: 'cdDiuz',
    values: 'fsw',
    long: `count repeated all-repeated? skip-fields= group? ignore-case skip-chars= unique zero-terminated
      check-chars=`,
    operands: oneInput,
  },
  cut: {
    flags: 'snz',
    values: 'bcdf',
    long: 'bytes= characters= delimiter= fields= complement only-delimited output-delimiter= zero-terminated',
    inert: true,
  },
  tr: {
    flags: 'cCdst',
    long: 'complement delete squeeze-repeats truncate-set1',
    operands: 'text',
    inert: true,
  },
  paste: { flags: 'sz', values: 'd', long: 'delimiters= serial zero-terminated', inert: true },
  join: { flags: 'iz', values: 'atjoev12', long: 'ignore-case header check-order nocheck-order zero-terminated' },
  comm: { flags: '123z', long: 'check-order nocheck-order output-delimiter= total zero-terminated', inert: true },
  nl: { flags: 'p', values: 'bdfhilnsvw', inert: true },
  fold: { flags: 'bs', values: 'w', long: 'bytes spaces width=', inert: true },
  fmt: { flags: 'cstu', values: 'wpg', long: 'width= split-only uniform-spacing', digits: true, inert: true },
  expand: { flags: 'i', values: 't', long: 'initial tabs=', inert: true },
  unexpand: { flags: 'a', values: 't', long: 'all first-only tabs=', inert: true },
  column: { flags: 'texnLd', values: 'socNRHTOWE', long: 'table separator= output-separator= table-columns=' },
  strings: { flags: 'afw', values: 'ntes', long: 'all bytes= radix= encoding=', digits: true },
  od: { flags: 'abcdfhilosxv', values: 'AjNtSw', long: 'address-radix= format= read-bytes= skip-bytes= width?' },
  hexdump: { flags: 'bcCdovx', values: 'ns', long: 'canonical length= skip= no-squeezing' },
  xxd: { flags: 'abeEiupC', values: 'cglos', operands: oneInput },
  cmp: { flags: 'bls', values: 'in', long: 'print-bytes verbose quiet silent bytes= ignore-initial=' },
  diff: {
    flags: 'abBcdeEiNnpqrsTtuwyZP',
    values: 'CIUWFLx',
    long: `normal brief report-identical-files context? unified? side-by-side width= left-column suppress-common-lines
      show-c-function show-function-line= label= expand-tabs initial-tab recursive new-file exclude= ignore-case
      ignore-tab-expansion ignore-trailing-space ignore-space-change ignore-all-space ignore-blank-lines
      ignore-matching-lines= text strip-trailing-cr minimal speed-large-files color? no-dereference`,
    digits: true,
  },
  bc: { flags: 'lqsw', long: 'mathlib quiet standard' },
  base64: { flags: 'dDi', values: 'w', long: 'decode ignore-garbage wrap=', operands: oneInput },
  base32: { flags: 'di', values: 'w', long: 'decode ignore-garbage wrap=', operands: oneInput },
};

const JQ: OptionTable = {
  flags: 'rcnsSajeMCR',
  long: `raw-output compact-output null-input slurp sort-keys ascii-output join-output exit-status monochrome-output
    color-output raw-input tab indent=`,
  operands: (operands, _seen, context) => {
    const [filter, ...files] = operands;
    const reaches = /\b(?:import|include|modulemeta|env|ENV|get_search_list)\b|\$__/;
    if (filter?.wild === true && reaches.test(filter.text)) return unknownArgument(filter);
    return firstOutOfBounds(files, context);
  },
};

/** `--arg` takes two words along, and what they say is only text. */
const jq: Guard = (args, context) => {
  const rest: Arg[] = [];
  for (let at = 1; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    if (arg.text === '--') return checkArguments([...rest, ...args.slice(at)], JQ, context);
    const pair = args.slice(at + 1, at + 3);
    const named = /^--arg(?:json)?$/.test(arg.text) && args[at - 1]?.text !== '--indent';
    if (named && pair.length === 2 && pair.every((word) => !word.glob)) at += 2;
    else rest.push(arg);
  }
  return checkArguments(rest, JQ, context);
};

const CHECKSUM: OptionTable = { flags: 'bt', values: 'a', long: 'binary text tag zero', inert: true };
const CHECKSUMS = 'md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum shasum md5';

/** Any text on standard output is harmless. */
const speaks: Guard = () => null;

/** `-v` stores into a variable, and evaluates the index of an array; `%n` does as well. */
const printf: Guard = (args) => {
  const [, first] = args;
  const option = first?.wild === true && first.text !== '--' && (first.text.startsWith('-') || mayBecomeOption(first));
  if (option) return unknownArgument(first);
  const counts = args.slice(1).find((arg) => arg.wild && /%[^a-zA-Z%]*[hlLjzt]*n/.test(arg.text));
  return counts === undefined ? null : unknownArgument(counts);
};

export const textTools: Guards = {
  ...Object.fromEntries(Object.entries(TABLES).map(([name, table]) => [name, tableGuard(table)])),
  ...forAll(CHECKSUMS, tableGuard(CHECKSUM)),
  ...forAll('zcat gzcat bzcat xzcat zstdcat', tableGuard({})),
  ...forAll('echo true false : seq expr factor numfmt', speaks),
  seq: tableGuard({ flags: 'w', values: 'fs', long: 'format= separator= equal-width', operands: 'text', digits: true }),
  printf,
  jq,
};

/** Behind a plus stands a command of the pager. */
const noCommands: OperandCheck = (operands, _seen, context) => {
  const command = operands.find((arg) => arg.wild && arg.text.startsWith('+'));
  return command === undefined ? firstOutOfBounds(operands, context) : unknownArgument(command);
};

/** Programs that show text page by page, and run a pager or a formatter for it. */
export const pagers: Guards = {
  less: tableGuard({ flags: 'NSRFXinEegGmMsqQrfuUwW', digits: true, operands: noCommands }),
  more: tableGuard({ flags: 'dflpcus', digits: true, operands: noCommands }),
  ...forAll(
    'man apropos whatis',
    tableGuard({
      flags: 'fkwaW',
      long: 'whatis apropos where all',
      operands: (operands) => {
        const bad = operands.find((arg) => arg.wild && (arg.glob || !/^[\w][\w.:+@-]*$/.test(arg.text)));
        return bad === undefined ? null : unknownArgument(bad);
      },
    }),
  ),
  ...forAll(
    'bat batcat',
    tableGuard({
      flags: 'npPA',
      values: 'lrHm',
      long: 'plain number style= color= language= line-range= highlight-line= decorations= theme= show-all tabs= wrap=',
    }),
  ),
  ...forAll('delta most pg lv info pinfo w3m lynx links elinks glow mdcat', alwaysAsks('it may run other programs')),
};
