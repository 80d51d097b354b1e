/** Programs that tell about files, users and the system. */
import { forAll, unknownArgument, type Guards } from './guard.ts';
import { tableGuard, type OptionTable } from './options.ts';

const LS: OptionTable = {
  flags: 'aAbBcCdDfFgGhHiklLmnNopqQrRsStuUvxXZ1',
  values: 'IwT',
  long: `all almost-all author escape block-size= ignore-backups color? directory dired classify? file-type format=
    full-time group-directories-first no-group human-readable si dereference-command-line hide= hyperlink?
    indicator-style= inode ignore= kibibytes dereference numeric-uid-gid literal hide-control-chars
    show-control-chars quote-name quoting-style= reverse recursive size sort= time= time-style= tabsize= width=
    context zero`,
  inert: true,
};

const TABLES: Readonly<Record<string, OptionTable>> = {
  tree: {
    flags: 'adfxilpshugDFqNQtcrvACSnJX',
    values: 'LPI',
    long: `noreport dirsfirst filesfirst gitignore prune ignore-case matchdirs inodes device du si sort= charset=
      filelimit= timefmt=`,
  },
  du: {
    flags: 'aAbcDhHklmPsSx0',
    values: 'dBt',
    long: `all apparent-size bytes total human-readable max-depth= summarize exclude= one-file-system si threshold=
      block-size= separate-dirs time? null inodes`,
  },
  df: { flags: 'ahHiklPT', values: 'txB', long: 'all human-readable inodes local portability print-type total type=' },
  stat: { flags: 'fLtx', values: 'c', long: 'dereference file-system format= printf= terse' },
  file: {
    flags: 'bhiIklLNnprsv0',
    values: 'F',
    long: 'brief mime mime-type mime-encoding no-dereference dereference keep-going separator= print0 no-pad raw',
  },
  readlink: { flags: 'femnqsvz', long: 'canonicalize canonicalize-existing canonicalize-missing no-newline zero' },
  realpath: {
    flags: 'emLPqsz',
    long: 'canonicalize-existing canonicalize-missing logical physical quiet no-symlinks zero relative-to=',
  },
  basename: { flags: 'az', values: 's', long: 'multiple suffix= zero', operands: 'text', inert: true },
  dirname: { flags: 'z', long: 'zero', operands: 'text', inert: true },
  pwd: { flags: 'LP', operands: 'none' },
  which: { flags: 'as', long: 'all', operands: 'text' },
  whereis: { flags: 'bms', operands: 'text' },
  type: { flags: 'aftpP', operands: 'text' },
  id: { flags: 'agGnruz', long: 'group groups name real user zero', operands: 'text' },
  whoami: { operands: 'none' },
  groups: { operands: 'text' },
  uname: { flags: 'asnrvmpio', long: 'all kernel-name nodename kernel-release machine processor operating-system' },
  hostname: { flags: 'fisdIA', long: 'fqdn short domain', operands: 'none' },
  arch: { operands: 'none' },
  nproc: { long: 'all ignore=', operands: 'none' },
  uptime: { flags: 'ps', long: 'pretty since', operands: 'none' },
  free: { flags: 'bkmghltw', long: 'human mega giga kilo total wide', operands: 'none' },
  printenv: { flags: '0', operands: 'text' },
  locale: { flags: 'am', operands: 'text' },
  ps: {
    flags: 'aAdefFlTjMZcHLmvwxXyrS',
    values: 'CGgpqstuUok',
    long: 'forest sort= pid= format= headers no-headers',
    operands: 'text',
  },
  pgrep: { flags: 'acfilnovx', values: 'dgGPstuU', operands: 'text' },
  sleep: { operands: 'text' },
  cal: { flags: '13jmswy', values: 'nAB', operands: 'text' },
  date: {
    flags: 'uR',
    values: 'd',
    optional: 'I',
    long: 'utc universal iso-8601? rfc-email rfc-3339= date= resolution',
    // an operand without a plus sets the clock
    operands: (operands) => {
      const bad = operands.find((arg) => arg.wild && !arg.text.startsWith('+'));
      return bad === undefined ? null : unknownArgument(bad);
    },
  },
  systemctl: {
    flags: 'alq',
    values: 'nt',
    long: 'no-pager all full lines= type= state= quiet plain no-legend',
    operands: (operands) => {
      const [verb] = operands;
      const reads = /^(?:status|is-active|is-enabled|is-failed|list-units|list-timers|list-unit-files)$/;
      return verb === undefined || !verb.wild || reads.test(verb.text) ? null : unknownArgument(verb);
    },
  },
  journalctl: {
    flags: 'xerafknqm',
    values: 'unopgtS',
    optional: 'b',
    long: `no-pager since= until= unit= lines= follow reverse grep= priority= dmesg boot? catalog output= quiet
      identifier= no-hostname utc user system`,
    operands: 'none',
  },
  ip: {
    flags: '46so',
    operands: (operands) => {
      const shape = /^(?:a|addr|address|l|link|r|route|n|neigh)(?: (?:show|list)(?: (?:dev )?[\w.@-]+)?)?$/;
      const text = operands.map((arg) => arg.text).join(' ');
      const wild = operands.find((arg) => arg.wild);
      return wild === undefined || shape.test(text) ? null : unknownArgument(wild);
    },
  },
};

export const fileListing: Guards = {
  ...Object.fromEntries(Object.entries(TABLES).map(([name, table]) => [name, tableGuard(table)])),
  ...forAll('ls dir vdir', tableGuard(LS)),
  eza: tableGuard({
    flags: '1aldhrRTFGixs@',
    values: 'LI',
    long: 'all long tree level= icons? color? git',
    inert: false,
  }),
};
