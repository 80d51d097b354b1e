/** Archives and compression: listing is harmless; packing and unpacking write, and may run programs. */
import { alwaysAsks, forAll, unknownArgument, type Arg, type Guard, type Guards } from './guard.ts';
import { checkArguments, firstOutOfBounds, mayBecomeOption, tableGuard, type OptionTable } from './options.ts';

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

/** The options in front of the first operand; those behind it may be taken for names. */
function leading(args: readonly Arg[]): readonly string[] {
  const words = args.slice(1).map((arg) => arg.text);
  const end = words.findIndex((text) => !text.startsWith('-') || text === '-' || text === '--');
  return end === -1 ? words : words.slice(0, end);
}

/** `gzip -l`, `-t` and `-c` leave files as they are; a `-d` beside `-l` or `-t` may take their place. */
function leavesFiles(options: readonly string[]): boolean {
  const has = (letter: string, long: string): boolean =>
    options.some((text) => text === long || (/^-[a-z]+$/.test(text) && text.includes(letter)));
  if (has('c', '--stdout')) return true;
  return !has('d', '--decompress') && (has('l', '--list') || has('t', '--test'));
}

const compressor: Guard = (args, context) => {
  const words = args.slice(1);
  const wild = words.filter((arg) => arg.wild);
  const odd = wild.find(
    (arg) =>
      mayBecomeOption(arg) ||
      (/^-./.test(arg.text) && (arg.glob || !/^-(?:[cdkltvq]+|-list|-test|-stdout|-decompress)$/.test(arg.text))),
  );
  if (odd !== undefined) return unknownArgument(odd);
  const [first] = wild;
  if (first !== undefined && !leavesFiles(leading(args))) return unknownArgument(first);
  return firstOutOfBounds(
    words.filter((arg) => !arg.text.startsWith('-')),
    context,
  );
};

const unzip: Guard = (args, context) => {
  const lists = leading(args).some((text) => /^-[lvtZ1qz]*[lvtZ][lvtZ1qz]*$/.test(text));
  const wild = args.slice(1).find((arg) => arg.wild);
  if (!lists && wild !== undefined) return unknownArgument(wild);
  return checkArguments(args.slice(1), { flags: 'lvtZ1qz' }, context);
};

export const archives: Guards = {
  ...forAll('tar gtar bsdtar', tar),
  ...forAll('gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd', compressor),
  unzip,
  zipinfo: tableGuard({ flags: '12smlvhtz' }),
  ...forAll(
    'zip 7z 7za 7zr rar unrar lz4 unlz4 lz4cat lzma unlzma lzop lzip brotli pigz unpigz pbzip2 compress uncompress cpio pax ar shar uuencode uudecode rpm2cpio dpkg-deb',
    alwaysAsks('it may write files'),
  ),
};
