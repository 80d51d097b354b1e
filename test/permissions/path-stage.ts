/** A case of the path corpus, built on a real disk. */
import { linkSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PathCase } from './corpus.ts';
import { makeSpecialFile } from './special-file.ts';

const PLAIN_FILES = [
  'README.md',
  'secret.txt',
  '.git/config',
  'docs/x/y.md',
  'src/a.ts',
  'src/deep/b.ts',
  'src/deep/er/b.ts',
];

/** `/ws`, `/tmp` and `/mnt` of the corpus lie in a fresh folder. */
export class Stage {
  readonly base: string;
  readonly root: string;
  constructor(base: string) {
    this.base = base;
    this.root = join(this.base, 'ws');
    for (const name of ['tmp', 'mnt']) mkdirSync(join(this.base, name), { recursive: true });
  }

  at(path: string): string {
    return path.replace(/(?<![\w.])\/(ws|tmp|mnt)(?=\/|$)/, (_, name: string) => join(this.base, name));
  }

  build({ fs, tool, path }: PathCase): void {
    const moved = fs.find((entry) => entry['link'] === '/ws');
    const root = moved === undefined ? this.root : this.at(String(moved['to']));
    for (const file of PLAIN_FILES) write(join(root, file));
    mkdirSync(join(root, 'test'));
    if (moved !== undefined) symlinkSync(root, this.root);
    for (const entry of fs) if (entry !== moved) this.place(entry);
    if (tool !== 'write' && typeof path === 'string') this.placeCalled(path);
  }

  private place(entry: PathCase['fs'][number]): void {
    const of = (key: string) => (typeof entry[key] === 'string' ? this.at(entry[key]) : undefined);
    const [link, hard, dir, file, fifo, dev] = ['link', 'hard', 'dir', 'file', 'fifo', 'dev'].map(of);
    if (link !== undefined) {
      rmSync(link, { recursive: true, force: true });
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(of('to') ?? '', link);
    }
    if (hard !== undefined) linkSync(of('to') ?? '', hard);
    if (dir !== undefined) mkdirSync(dir, { recursive: true });
    if (file !== undefined) write(file);
    if (fifo !== undefined) makeSpecialFile(fifo, 'fifo');
    if (dev !== undefined) makeSpecialFile(dev, 'device');
  }

  private placeCalled(path: string): void {
    const file = resolve(this.root, this.at(path));
    if (!file.startsWith(`${this.root}/`) || file.includes('\0') || file.length > 3000) return;
    if (file.split('/').some((name) => name.length > 255)) return;
    if (!realpathOfFolder(file).startsWith(this.base) || lstatSync(file, { throwIfNoEntry: false })) return;
    write(file);
  }
}

function realpathOfFolder(file: string): string {
  const parent = dirname(file);
  return lstatSync(parent, { throwIfNoEntry: false }) ? realpathSync(parent) : realpathOfFolder(parent);
}

function write(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'x\n');
}

/** Stories about what happens after the decision, other platforms and volumes, and calls with a second path. */
export const elsewhere = ({ tag, platform, fs }: PathCase) =>
  tag === 'toctou' ||
  (platform !== undefined && platform !== process.platform) ||
  fs.some((entry) => 'case_insensitive' in entry || 'nfd' in entry || 'param2' in entry);
