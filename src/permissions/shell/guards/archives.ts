/** Archives and compression: listing is harmless; packing and unpacking write, and may run programs. */
import { alwaysAsks, forAll, unknownArgument, type Arg, type Guard, type Guards } from './guard.ts';
import { checkArguments, firstOutOfBounds, tableGuard, type OptionTable } from './options.ts';

const TAR: OptionTable = {
  flags: 'tvzjJakpm',
  values: 'f',
  long: 'list verbose gzip bzip2 xz zstd file= exclude= wildcards auto-compress full-time numeric-owner',
};

/**
 * Only listing is covered by a wildcard alone. When the rule names the mode (`tar xzf *`), archive and members may
 * follow. A colon in the name of an archive starts a remote shell.
 */
const tar: Guard = (args, context) => {
  const [, mode, ...rest] = args;
  if (mode === undefined) return null;
  const bundled = !mode.text.startsWith('-');
  const lists = /^-?[tvzjJaf]+$/.test(mode.text) && mode.text.includes('t');
  if (mode.wild && !lists && mode.text !== '--list') return unknownArgument(mode);
  const remote = args.find((arg) => arg.wild && arg.text.includes(':'));
  if (remote !== undefined) return unknownArgument(remote);
  return checkArguments(bundled || !mode.wild ? rest : args.slice(1), TAR, context);
};

const LISTS_OR_PRINTS = /[clt]/;

/** `gzip -l`, `-t` and `-c` leave files as they are. */
const compressor: Guard = (args, context) => {
  const words: readonly Arg[] = args.slice(1);
  const wild = words.filter((arg) => arg.wild);
  if (wild.length === 0) return null;
  const odd = wild.find(
    (arg) => arg.text.startsWith('-') && !/^-(?:[cdkltvq]+|-list|-test|-stdout|-decompress)$/.test(arg.text),
  );
  if (odd !== undefined) return unknownArgument(odd);
  const prints = words.some(
    (arg) => /^-(?:[a-z]+|-list|-test|-stdout)$/.test(arg.text) && LISTS_OR_PRINTS.test(arg.text),
  );
  const [first] = wild;
  if (!prints && first !== undefined) return unknownArgument(first);
  return firstOutOfBounds(
    words.filter((arg) => !arg.text.startsWith('-')),
    context,
  );
};

const unzip: Guard = (args, context) => {
  const lists = args.some((arg) => /^-[lvtZ1qz]*[lvtZ][lvtZ1qz]*$/.test(arg.text));
  const wild = args.slice(1).find((arg) => arg.wild);
  if (!lists && wild !== undefined) return unknownArgument(wild);
  return checkArguments(args.slice(1), { flags: 'lvtZ1qz' }, context);
};

export const archives: Guards = {
  ...forAll('tar gtar bsdtar', tar),
  ...forAll('gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4', compressor),
  unzip,
  zipinfo: tableGuard({ flags: '12smlvhtz' }),
  ...forAll(
    'zip 7z 7za rar unrar cpio pax ar shar uuencode uudecode rpm2cpio dpkg-deb',
    alwaysAsks('it may write files'),
  ),
};
