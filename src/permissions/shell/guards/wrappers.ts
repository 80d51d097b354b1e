/** Programs that run the program their arguments name. */
import { alwaysAsks, forAll, unknownArgument, type Arg, type Guard, type GuardContext, type Guards } from './guard.ts';
import { outOfBounds } from './place.ts';

/** How to find the program a wrapper runs. */
interface Wrapper {
  /** Options without a value, and with one in the next word. */
  readonly alone: RegExp;
  readonly withValue: RegExp;
  /** So many operands stand in front of the program. */
  readonly operands?: number;
}

const NOTHING = /(?!)/;
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  env: { alone: /^-(?:i|-ignore-environment)$/, withValue: NOTHING },
  nice: { alone: /^-(?:[0-9]+|n-?[0-9]+|-adjustment=-?[0-9]+)$/, withValue: /^-n$/ },
  nohup: { alone: NOTHING, withValue: NOTHING },
  setsid: { alone: /^-(?:w|f|c|-wait|-fork)$/, withValue: NOTHING },
  stdbuf: { alone: /^-[ioe](?:0|L|[0-9]+[KM]?)$/, withValue: NOTHING },
  timeout: {
    alone:
      /^-(?:v|-preserve-status|-foreground|-verbose|k[0-9.]+[smh]?|-kill-after=[0-9.]+[smh]?|s[A-Z0-9]+|-signal=[A-Z0-9]+)$/,
    withValue: /^-[ks]$/,
    operands: 1,
  },
  xargs: {
    alone: /^-(?:[0rtx]+|[nLPs][0-9]+|-null|-no-run-if-empty|-max-args=[0-9]+|-max-procs=[0-9]+|-verbose|d.+)$/,
    withValue: /^-[nLPsdE]$/,
  },
  command: { alone: /^-p$/, withValue: NOTHING },
  exec: { alone: NOTHING, withValue: NOTHING },
  builtin: { alone: NOTHING, withValue: NOTHING },
  sudo: { alone: /^-(?:[nEH]|-non-interactive)$/, withValue: NOTHING },
  doas: { alone: /^-n$/, withValue: NOTHING },
  npx: { alone: /^--no(?:-install)?$/, withValue: NOTHING },
  bunx: { alone: NOTHING, withValue: NOTHING },
};

const OTHERS = `su runuser pkexec chroot unshare nsenter taskset chrt ionice setarch linux32 linux64 prlimit cpulimit
  flock script scriptreplay parallel busybox toybox watch entr time strace ltrace perf valgrind rr unbuffer dtach screen
  tmux byobu xvfb-run firejail bwrap proot fakeroot catchsegv systemd-run start-stop-daemon dbus-run-session run-parts
  at batch crontab ssh-agent direnv dotenv cross-env nvm mise asdf volta poetry uv uvx pipx pipenv hatch rye tox nox
  bundle rake foreman corepack pnpx rlwrap torify proxychains newgrp sg setpriv capsh daemonize nodemon concurrently
  hyperfine chronic lefthook husky pre-commit`;

/** Where the program that is run stands; `null` when that is unknown. */
function innerStart(args: readonly Pick<Arg, 'text'>[]): number | null {
  const name = args[0]?.text.split('/').pop() ?? '';
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (wrapper === undefined) return null;
  let operands = wrapper.operands ?? 0;
  for (let at = 1; at < args.length; at++) {
    const text = args[at]?.text ?? '';
    if (text === '--') continue;
    if (text.startsWith('-') && text !== '-') {
      if (wrapper.withValue.test(text)) at++;
      else if (!wrapper.alone.test(text)) return null;
    } else if (name === 'env' && /^[A-Za-z_]\w*=/.test(text)) {
      // a variable changes the program behind it
    } else if (operands > 0) {
      operands--;
    } else {
      return at;
    }
  }
  return null;
}

/** The program call inside a call of a wrapper: `null` when that is unknown, `undefined` when it is no wrapper. */
export function innerCall<W extends Pick<Arg, 'text'>>(words: readonly W[]): readonly W[] | null | undefined {
  const name = words[0]?.text.split('/').pop() ?? '';
  if (!WRAPPER_NAMES.has(name)) return undefined;
  const start = innerStart(words);
  return start === null ? null : words.slice(start);
}

/** One name, or all of a kind of source text: `find` looks at hidden files, too, and `.env.local` ends in `.local`. */
const FOUND_NAME =
  /^(?:[A-Za-z0-9][\w-]*(?:\.[\w-]+)*|\*\.(?:[cm]?[jt]s|[jt]sx|vue|css|html|md|py|rb|rs|go|java|kt|swift|cs|[ch]|cc|cpp|hpp))$/;

/** Whether the input is names of files below the folder, of a kind that holds no secrets, each ended by a NUL. */
function feedsSafely(options: readonly Arg[], context: GuardContext): boolean {
  const [program, ...words] = context.source ?? [];
  if (program !== 'find' || words.pop() !== '-print0') return false;
  if (!options.some((arg) => /^(?:-[rtx]*0[0rtx]*|--null)$/.test(arg.text))) return false;
  if (options.some((arg) => /^-(?:d|-delimiter)/.test(arg.text))) return false;
  const inside = (text: string): boolean =>
    outOfBounds({ text, glob: false, wild: true, prefix: '' }, context) === null && !/[*?[]/.test(text);
  while (words[0] !== undefined && !words[0].startsWith('-')) {
    const place = words.shift() ?? '';
    if (!/^[\w.]/.test(place) || !inside(place)) return false;
  }
  let named = false;
  for (let at = 0; at < words.length; at += 2) {
    const [test, value = ''] = words.slice(at, at + 2);
    if (test === '-name' || test === '-iname') {
      named = true;
      if (!FOUND_NAME.test(value) || !inside(value.replace(/^\*/, 'x'))) return false;
    } else if (!/^-(?:type|maxdepth|mindepth)$/.test(test ?? '')) {
      return false;
    }
  }
  return named;
}

/**
 * The rule must name the program inside, whose own guard then judges the rest.
 * @param judge Judges a call as if it stood alone.
 */
export function wrapperGuards(judge: Guard, isInert: (program: string) => boolean): Guards {
  const wrapper: Guard = (args, context) => {
    const name = args[0]?.text.split('/').pop();
    const start = innerStart(args);
    if (name === 'xargs' && (start === null || !feedsSafely(args.slice(1, start), context))) {
      return 'xargs adds arguments that the question does not show';
    }
    const wild = args.slice(1).find((arg) => arg.wild);
    if (start === null) return wild === undefined ? null : unknownArgument(wild);
    const inside = args.slice(start);
    const [program] = inside;
    if (program === undefined) return null;
    if (program.wild) return unknownArgument(program);
    const setting = args.slice(1, start).find((arg) => arg.wild && (name === 'env' || name === 'sudo'));
    if (setting !== undefined) return unknownArgument(setting);
    return name === 'xargs' ? throughXargs(inside, context) : judge(inside, context);
  };
  /** More arguments come from the input, and only names of files may. */
  const throughXargs = (inside: readonly Arg[], context: GuardContext): string | null => {
    const program = inside[0]?.text ?? '';
    return isInert(program)
      ? judge(inside, { ...context, fed: false, source: null })
      : `xargs gives ${program} arguments that the question does not show`;
  };
  const asks = alwaysAsks('it may be a program to run');
  const other: Guard = (args, context) =>
    context.fed ? 'it may take arguments from its input that the question does not show' : asks(args, context);
  return {
    ...forAll(OTHERS, asks),
    ...forAll('parallel busybox toybox', other),
    ...forAll(Object.keys(WRAPPERS).join(' '), wrapper),
    command: (args, context) => {
      const looks = args[1]?.text === '-v' || args[1]?.text === '-V';
      return looks && args.slice(2).every((arg) => !arg.text.startsWith('-')) ? null : wrapper(args, context);
    },
  };
}

export const WRAPPER_NAMES: ReadonlySet<string> = new Set([...Object.keys(WRAPPERS), ...OTHERS.split(/\s+/)]);
