/** The harmless options of git's sub-commands. */
import { unknownArgument, type Arg } from './guard.ts';
import { firstOutOfBounds, type OperandCheck, type OptionTable } from './options.ts';

/** Revisions and paths; a path that leads elsewhere makes `git diff` compare files that no repository knows. */
const revisions: OperandCheck = (operands, _seen, context) => firstOutOfBounds(operands.map(pathOfRevision), context);

/** `HEAD:path` names a path, too. */
function pathOfRevision(arg: Arg): Arg {
  const colon = arg.text.lastIndexOf(':');
  // a pathspec with magic words may name what its text does not
  if (arg.text.startsWith(':(')) return arg;
  return colon === -1 ? arg : { ...arg, text: arg.text.slice(colon + 1) };
}

/** `%G…` and `%(signature…)` run gpg. */
const noSignatures = (_option: string, value: string): boolean => !/%[-+ ]*G|signature/.test(value);

const DIFF_LONG = `stat? numstat shortstat dirstat? compact-summary summary name-only name-status patch no-patch raw
  patch-with-stat patch-with-raw unified= minimal patience histogram diff-algorithm= anchored= color? no-color
  color-moved? no-color-moved word-diff? word-diff-regex= color-words? check full-index binary abbrev? break-rewrites?
  find-renames? find-copies? find-copies-harder no-renames rename-empty diff-filter= pickaxe-all pickaxe-regex relative?
  no-relative text ignore-cr-at-eol ignore-space-at-eol ignore-space-change ignore-all-space ignore-blank-lines
  ignore-matching-lines= inter-hunk-context= function-context exit-code quiet no-ext-diff no-textconv ignore-submodules?
  submodule? src-prefix= dst-prefix= no-prefix default-prefix line-prefix= indent-heuristic no-indent-heuristic
  irreversible-delete merge-base cached staged stat-width= stat-count= ws-error-highlight=`;

const LOG_LONG = `${DIFF_LONG} oneline graph no-graph all decorate? no-decorate decorate-refs= decorate-refs-exclude=
  abbrev-commit no-abbrev-commit follow since= after= until= before= author= committer= grep= grep-reflog= all-match
  invert-grep regexp-ignore-case basic-regexp extended-regexp fixed-strings perl-regexp merges no-merges min-parents=
  max-parents= first-parent reverse max-count= skip= date= relative-date format= pretty? notes? no-notes branches? tags?
  remotes? glob= exclude= simplify-merges simplify-by-decoration ancestry-path? left-right left-only right-only
  cherry-pick cherry-mark cherry boundary topo-order date-order author-date-order walk-reflogs source use-mailmap
  mailmap no-mailmap parents children dense sparse full-history show-pulls log-size cc encoding= expand-tabs?
  no-expand-tabs remerge-diff diff-merges= no-diff-merges root count objects no-walk? left-only no-commit-id`;

const DIFF_SHORT = { flags: 'pusRabwWqzrt0cm', values: 'USGIl', optional: 'MCBXD' };
const LOG: OptionTable = {
  ...DIFF_SHORT,
  flags: `${DIFF_SHORT.flags}giEFP`,
  values: `${DIFF_SHORT.values}nL`,
  long: LOG_LONG,
  digits: true,
  operands: revisions,
  value: noSignatures,
};
const DIFF: OptionTable = { ...DIFF_SHORT, long: DIFF_LONG, digits: true, operands: revisions };

/** Operands are names to look up only if an option says that this is a list. */
const listed =
  (...options: readonly string[]): OperandCheck =>
  (operands, seen) => {
    const wild = operands.find((arg) => arg.wild);
    return wild === undefined || options.some((option) => seen.has(option)) ? null : unknownArgument(wild);
  };

/** The first operand is one of these words, or there is none. */
const startsWith =
  (words: string): OperandCheck =>
  (operands, _seen, context) => {
    const [first, ...rest] = operands;
    if (first?.wild === true && !words.split(' ').includes(first.text)) return unknownArgument(first);
    return firstOutOfBounds(rest, context);
  };

const REFERENCE_LONG =
  'sort= format= color? no-color column? no-column ignore-case contains? no-contains? merged? no-merged? points-at=';

/** Sub-commands that change nothing and use no network. */
export const GIT_LOOKS: Readonly<Record<string, OptionTable>> = {
  status: {
    flags: 'sbvz',
    optional: 'uM',
    long: `short branch show-stash porcelain? long verbose untracked-files? ignored? ignore-submodules? column? no-column
      ahead-behind no-ahead-behind renames no-renames find-renames?`,
    operands: revisions,
  },
  log: LOG,
  show: LOG,
  whatchanged: LOG,
  'rev-list': LOG,
  diff: DIFF,
  'diff-tree': { ...LOG, long: `${LOG_LONG} no-commit-id stdin` },
  'diff-index': DIFF,
  'diff-files': DIFF,
  'range-diff': { ...DIFF, long: `${DIFF_LONG} creation-factor= no-dual-color` },
  shortlog: {
    flags: 'snec',
    values: 'w',
    long: `${LOG_LONG} summary numbered email group=`,
    operands: revisions,
    value: noSignatures,
  },
  cherry: { flags: 'v', operands: revisions },
  blame: {
    flags: 'bcltfnpsew',
    values: 'L',
    optional: 'MC',
    long: 'porcelain line-porcelain incremental root show-stats show-name show-number show-email date= since= color-lines color-by-age abbrev=',
    operands: revisions,
  },
  grep: {
    flags: 'nilwcEFGPhHvqWpzaIr',
    values: 'eABCm',
    long: `line-number ignore-case files-with-matches name-only files-without-match word-regexp count extended-regexp
      fixed-strings basic-regexp perl-regexp invert-match quiet show-function function-context after-context=
      before-context= context= cached untracked break heading color? no-color max-depth= max-count= and or not
      all-match only-matching column recurse-submodules text`,
    digits: true,
    operands: 'pattern',
    patternOptions: ['e'],
  },
  'ls-files': {
    flags: 'cdmoiskuztvf',
    values: 'x',
    long: `cached deleted modified others ignored stage killed unmerged exclude= exclude-standard error-unmatch full-name
      abbrev? eol deduplicate directory no-empty-directory`,
    operands: revisions,
  },
  'ls-tree': { flags: 'rtdlz', long: 'name-only name-status long full-name full-tree abbrev?', operands: revisions },
  'cat-file': { flags: 'tpse', operands: revisions },
  'rev-parse': {
    flags: 'q',
    long: `short? abbrev-ref? verify quiet show-toplevel git-dir git-common-dir absolute-git-dir is-inside-work-tree
      is-inside-git-dir is-bare-repository is-shallow-repository show-prefix show-cdup symbolic symbolic-full-name all
      branches? tags? remotes? show-object-format? sq no-flags flags revs-only default=`,
    operands: revisions,
  },
  describe: {
    long: 'tags all long always abbrev= dirty? broken? match= exclude= contains first-parent exact-match candidates=',
    operands: revisions,
  },
  'name-rev': { long: 'name-only tags refs= exclude= all always undefined', operands: revisions },
  'merge-base': { flags: 'a', long: 'all octopus independent is-ancestor fork-point', operands: revisions },
  'for-each-ref': { long: `${REFERENCE_LONG} count=`, operands: 'text', value: noSignatures },
  'show-ref': {
    flags: 'dsq',
    long: 'head tags heads branches dereference hash? verify quiet abbrev?',
    operands: 'text',
  },
  'show-branch': { flags: 'ar', long: 'all remotes current topo-order date-order list sha1-name', operands: 'text' },
  'count-objects': { flags: 'vH', long: 'verbose human-readable', operands: 'none' },
  'check-ignore': { flags: 'qvnz', long: 'quiet verbose non-matching no-index', operands: revisions },
  'check-attr': { flags: 'az', long: 'all cached', operands: revisions },
  branch: {
    flags: 'avrliq',
    long: `all remotes list show-current verbose abbrev? no-abbrev ${REFERENCE_LONG}`,
    operands: listed('l', 'list', 'contains', 'no-contains', 'merged', 'no-merged', 'points-at'),
    value: noSignatures,
  },
  tag: {
    flags: 'li',
    optional: 'n',
    long: `list ${REFERENCE_LONG}`,
    operands: listed('l', 'list', 'contains', 'no-contains', 'merged', 'no-merged', 'points-at'),
    value: noSignatures,
  },
  remote: {
    flags: 'v',
    long: 'verbose all push',
    operands: (operands) => {
      const [verb] = operands;
      return verb?.wild === true && verb.text !== 'get-url' ? unknownArgument(verb) : null;
    },
  },
  config: {
    flags: 'lz',
    long: 'get get-all get-regexp list local show-origin show-scope name-only null type= bool int path default=',
    operands: (operands, seen) => {
      const reads = ['get', 'get-all', 'get-regexp', 'list', 'l'].some((option) => seen.has(option));
      const [first, second] = operands;
      const named = first?.text === 'get' || first?.text === 'list';
      const extra = reads || named ? undefined : second;
      if (extra?.wild === true) return unknownArgument(extra);
      const bare = !reads && !named && first?.wild === true && !/^[\w-]+\.[\w.-]+$/.test(first.text);
      return bare ? unknownArgument(first) : null;
    },
  },
  reflog: { ...LOG, operands: startsWith('show HEAD') },
  version: { long: 'build-options', operands: 'none' },
};

/** `origin` and `upstream` were set up by a person; any other word may be a folder whose hooks run. */
const remote: OperandCheck = (operands) => {
  const [name, ...references] = operands;
  if (name?.wild === true && name.text !== 'origin' && name.text !== 'upstream') return unknownArgument(name);
  const odd = references.find((arg) => arg.wild && (arg.glob || !/^[\w][\w./@-]*(?::[\w][\w./-]*)?$/.test(arg.text)));
  return odd === undefined ? null : unknownArgument(odd);
};

/** Sub-commands that change something: a rule must name them, and then these arguments may follow. */
export const GIT_WORKS: Readonly<Record<string, OptionTable>> = {
  add: { flags: 'AuvnN', long: 'all update verbose dry-run intent-to-add ignore-removal no-all refresh' },
  commit: {
    flags: 'aqvs',
    values: 'm',
    long: 'all message= quiet verbose signoff amend no-edit allow-empty author= date= fixup= dry-run short no-gpg-sign',
  },
  fetch: { flags: 'pqvtna', long: 'prune quiet verbose tags no-tags all depth= dry-run', operands: remote },
  pull: { flags: 'qv', long: 'quiet verbose ff-only ff no-rebase rebase? prune tags autostash', operands: remote },
  push: { flags: 'uqvn', long: 'set-upstream quiet verbose dry-run tags follow-tags porcelain', operands: remote },
  'ls-remote': {
    flags: 'htq',
    long: 'heads branches tags refs quiet exit-code symref sort= get-url',
    operands: remote,
  },
  checkout: { flags: 'qdt', values: 'bB', long: 'quiet detach track? no-track guess no-guess', operands: revisions },
  switch: {
    flags: 'qdt',
    values: 'c',
    long: 'create= quiet detach track? no-track guess no-guess',
    operands: revisions,
  },
  restore: { flags: 'SWq', values: 's', long: 'staged worktree source= quiet' },
  reset: { flags: 'qN', long: 'soft mixed quiet', operands: revisions },
  rm: { flags: 'rnq', long: 'cached dry-run quiet ignore-unmatch' },
  mv: { flags: 'nkv', long: 'dry-run verbose' },
  merge: {
    flags: 'q',
    values: 'm',
    long: 'ff ff-only no-ff squash no-commit no-edit abort continue quit',
    operands: revisions,
  },
  rebase: { flags: 'q', long: 'abort continue skip onto= autostash quiet', operands: revisions },
  'cherry-pick': { flags: 'nx', long: 'no-commit abort continue skip quit', operands: revisions },
  revert: { flags: 'n', long: 'no-commit no-edit abort continue skip quit', operands: revisions },
  stash: {
    flags: 'ukqap',
    values: 'm',
    long: 'include-untracked keep-index quiet all message= stat? patch index name-only',
    operands: startsWith('list show push pop apply branch'),
  },
  worktree: { flags: 'v', long: 'porcelain verbose', operands: startsWith('list') },
  submodule: { operands: startsWith('status summary') },
  bisect: { operands: startsWith('start good bad old new skip log reset') },
  notes: { operands: startsWith('list show') },
};
