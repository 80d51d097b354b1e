/** What "always" would save for a command: patterns a human can read, as wide as its programs are known to be harmless. */
import { coversCommand, parseCommandPattern } from './command-pattern.ts';
import { commandViews } from './command-view.ts';
import { GIT_LOOKS } from './guards/git-commands.ts';
import { SCRIPT_NAME } from './guards/package-tools.ts';
import { dependsOnFolder, plainName, runsOthers } from './guard-table.ts';
import type { ShellWord } from './lexer.ts';
import { parseScript, type SimpleCommand } from './script.ts';

/** Programs of which one sub-command is as good as a program, and how many words name it. */
const SUBCOMMANDS: ReadonlyMap<string, number> = new Map([
  ...['git', 'go', 'cargo', 'kubectl', 'docker', 'podman', 'systemctl', 'pip', 'pip3'].map(
    (name) => [name, 2] as const,
  ),
  ...['npm', 'pnpm', 'yarn'].map((name) => [name, 2] as const),
  ...['git stash', 'git remote', 'git worktree', 'git submodule', 'git config', 'git reflog'].map(
    (name) => [name, 3] as const,
  ),
  ...['npm run', 'pnpm run', 'yarn run', 'npm run-script'].map((name) => [name, 3] as const),
]);

/** Programs that run code of the folder, or change it, and may still be followed by any harmless argument. */
const WORKS = new Set(
  `npm test|npm run|pnpm test|pnpm run|yarn test|yarn run|npm ls|npm list|npm outdated|npm view
   go test|go build|go vet|go list|go version|go doc|cargo test|cargo build|cargo check|cargo clippy|cargo tree
   eslint|prettier|pytest|mypy|flake8|jest|vitest|mocha|git add|git commit|git fetch|git stash list|git stash show
   pip list|pip show|pip3 list|pip3 show|kubectl get|kubectl describe|kubectl logs|docker ps|docker images|docker logs
   less|bat`.split(/[|\n]\s*/),
);

/** A word that means the same in a command and in a pattern, and is no option. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/@+-]*$/;
/** Builtins and programs whose other arguments are another matter each time. */
const ONE_OF_A_KIND = new Set(
  'cd exit return break continue shift test [ : true false pwd sleep systemctl ip printf journalctl'.split(' '),
);

/**
 * Patterns for the rule parameter `command` that together cover this command, one for each simple command in it:
 * - its program and sub-command, then ` *`, when a guard judges what follows;
 * - otherwise exactly its words;
 * - exactly the whole text when it cannot be taken apart, or when something in it runs other programs or code.
 */
export function derivedPatterns(command: string, workspace: string): readonly string[] {
  const whole = [escaped(command)];
  const script = parseScript(command);
  if (!script.ok || script.commands.some(({ words }) => runsOthers(words[0]?.text ?? ''))) return whole;
  const patterns = [...new Set(script.commands.map(patternFor))];
  const compiled = patterns.map(parseCommandPattern);
  const covered = commandViews(command, workspace).every((view) => compiled.some((one) => coversCommand(one, view)));
  return covered ? patterns : whole;
}

function patternFor({ words }: SimpleCommand): string {
  const open = openPattern(words);
  return open ?? escaped(words.map(written).join(' '));
}

/** `git status *`; `null` when nothing with a wildcard may be derived. */
function openPattern(words: readonly ShellWord[]): string | null {
  const program = words[0]?.text ?? '';
  const second = words[1]?.text ?? '';
  const length = SUBCOMMANDS.get(`${program} ${second}`) ?? SUBCOMMANDS.get(program) ?? 1;
  const named = words.slice(0, length);
  if (named.length < length || !named.every((word) => word.bare && !word.glob && NAME.test(word.text))) return null;
  if (length === 3 && second.startsWith('run') && !isScript(program, named[2]?.text ?? '')) return null;
  const name = named.map((word) => word.text).join(' ');
  // a program in a place of its own is not the one the table knows
  if (program.includes('/') || program !== plainName(program) || ONE_OF_A_KIND.has(program)) return null;
  const looks = program === 'git' ? Object.hasOwn(GIT_LOOKS, second) : !dependsOnFolder(program);
  const works =
    WORKS.has(name) ||
    WORKS.has(
      named
        .slice(0, 2)
        .map((word) => word.text)
        .join(' '),
    );
  return looks || works ? `${name} *` : null;
}

/** Whether the word behind `run` can only be a script: yarn also finds programs by it. */
function isScript(manager: string, name: string): boolean {
  return manager === 'yarn' ? SCRIPT_NAME.test(name) : !runsOthers(name);
}

/** A word as it would be typed. */
function written({ text, glob, bare }: ShellWord): string {
  if (bare && (glob || /^[A-Za-z0-9_\-./:,+@%^=]+$/.test(text))) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function escaped(text: string): string {
  return text.replace(/[\\*]/g, '\\$&');
}
