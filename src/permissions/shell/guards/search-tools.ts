/** Programs that look for files or for text in files. */
import { forAll, unknownArgument, type Arg, type Guard, type Guards } from './guard.ts';
import { firstOutOfBounds, mayBecomeOption, tableGuard, type OptionTable } from './options.ts';

const GREP: OptionTable = {
  flags: 'EFGPiyvwxcLlqsbHhnTZzaIorUu',
  values: 'eABCmdD',
  long: `extended-regexp fixed-strings basic-regexp perl-regexp regexp= ignore-case no-ignore-case invert-match
    word-regexp line-regexp count color? colour? files-without-match files-with-matches max-count= only-matching quiet
    silent no-messages byte-offset with-filename no-filename label= line-number initial-tab null null-data
    after-context= before-context= context= text binary-files= devices= directories= exclude= exclude-dir= include=
    recursive line-buffered binary`,
  digits: true,
  operands: 'pattern',
  patternOptions: ['e', 'regexp'],
  inert: true,
};

const RG: OptionTable = {
  flags: 'acFHhiIlnNopPqsSuUvwx0b',
  values: 'ABCdeEgjmMrtT',
  long: `after-context= before-context= context= case-sensitive ignore-case smart-case color= colors= column no-column
    count count-matches crlf encoding= files files-with-matches files-without-match fixed-strings glob= iglob=
    glob-case-insensitive heading no-heading hidden include-zero invert-match json line-number no-line-number
    line-regexp max-columns= max-columns-preview max-count= max-depth= max-filesize= multiline multiline-dotall
    no-ignore no-ignore-vcs no-ignore-parent no-ignore-dot no-ignore-global no-messages no-config null null-data
    one-file-system only-matching passthru pcre2 pretty quiet regexp= replace= sort= sortr= stats text threads= trim
    type= type-not= type-list unrestricted vimgrep with-filename no-filename word-regexp block-buffered line-buffered
    binary context-separator= field-match-separator= path-separator= no-unicode byte-offset no-follow no-pre`,
  operands: 'pattern',
  patternOptions: ['e', 'regexp', 'files', 'type-list'],
};

const FD: OptionTable = {
  flags: 'HIusiFgpa01q',
  values: 'dtEecSj',
  long: `hidden no-ignore no-ignore-vcs no-ignore-parent unrestricted case-sensitive ignore-case glob regex fixed-strings
    full-path absolute-path max-depth= min-depth= exact-depth= type= extension= exclude= size= changed-within=
    changed-before= color= threads= max-results= print0 quiet prune strip-cwd-prefix?`,
  operands: 'pattern',
};

const AG: OptionTable = {
  flags: 'acFHilLnoQsSvw',
  values: 'ABCGm',
  long: 'after= before= context= count hidden ignore-case literal files-with-matches nocolor nogroup column vimgrep',
  operands: 'pattern',
};

const FIND_ALONE = new Set(
  `-H -P -print -print0 -ls -prune -quit -depth -d -xdev -mount -true -false -empty -readable -writable -executable
   -not -and -or -a -o -daystart -noleaf -nouser -nogroup -nowarn -warn ! ( ) ,`.split(/\s+/),
);
const FIND_WITH_VALUE = new Set(
  `-name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -size -mtime -atime -ctime
   -mmin -amin -cmin -newer -anewer -cnewer -newermt -newerat -newerct -newerBt -user -group -uid -gid -perm -maxdepth
   -mindepth -links -inum -samefile -fstype -lname -ilname -used -printf`.split(/\s+/),
);

/** What `find` may be asked by words a wildcard covers: tests, and actions that print. */
const find: Guard = (args, context) => {
  const places: Arg[] = [];
  let at = 1;
  for (; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined || /^[-(!,]/.test(arg.text)) break;
    if (arg.wild && mayBecomeOption(arg)) return unknownArgument(arg);
    places.push(arg);
  }
  for (; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    const takesValue = FIND_WITH_VALUE.has(arg.text);
    if (arg.wild && ((!takesValue && !FIND_ALONE.has(arg.text)) || arg.glob)) {
      // find takes places only before its first test, but says so only when it runs
      return unknownArgument(arg);
    }
    const value = args[at + 1];
    if (!takesValue || value === undefined) continue;
    at++;
    if (value.wild && (value.glob || (/^-[^0-9]/.test(value.text) && arg.text !== '-perm')))
      return unknownArgument(value);
  }
  return firstOutOfBounds(places, context);
};

export const searchTools: Guards = {
  ...forAll('grep egrep fgrep', tableGuard(GREP)),
  rg: tableGuard(RG),
  ...forAll('fd fdfind', tableGuard(FD)),
  ...forAll('ag ack', tableGuard(AG)),
  ...forAll('find gfind', find),
};
