import { expect, test } from 'vitest';
import { parseCommandPattern, hitsCommand } from '../../../src/permissions/shell/command-pattern.ts';
import { commandViews } from '../../../src/permissions/shell/command-view.ts';

const RULES = [
  'rm *',
  'rm',
  'rm x',
  'rm -rf *',
  'git push *',
  'git *',
  'r* *',
  'rm x*',
  'rm *.ts',
  String.raw`rm \*`,
  'sh *',
  'xargs *',
  '* x',
];
const COMMANDS = [
  'rm',
  'rm x',
  'rm -rf x',
  'rm y',
  '/bin/rm x',
  'rmdir x',
  'rm *',
  'rm x* y',
  'r* x',
  'rm *.ts',
  'rm a.ts',
  "rm '*'",
  '"rm" x',
  'ls',
  'ls *',
  'git push',
  'git push x',
  'git pull',
  'git p* x',
  'git -C x push',
  'sudo rm x',
  'sudo -u y rm x',
  'timeout 5 rm x',
  'timeout rm x',
  'timeout 5 ls rm',
  'env A=b rm x',
  'env -u x rm x',
  'nice rm',
  'nohup',
  'xargs rm',
  'xargs -I x rm x',
  'command rm x',
  'nice sudo rm x',
  'nice sudo -u y ls',
  'time rm x',
  'eval rm x',
  'exec rm x',
  'exec -a y rm x',
  '. x',
  'source rm',
  'parallel rm',
  'watch ls',
  'bash rm',
  'bash -c x',
  'bash -ec x',
  'bash x -c y',
  'bash x.sh rm',
  'bash',
  'bash -l',
  'sh rm x',
  'sh',
  'dash -c x',
  'python3 rm x',
  'node -c x',
  'rm x; ls',
  'ls | rm x',
  'ls && rm -rf x',
  'rm $x',
  'rm x > y',
  '(rm x)',
  'rm <<< x',
  'printf rm',
];

/** What the deny rules say to a command: hit it, or may, as far as anybody can say. */
function said(command: string): string {
  const lines = RULES.map((rule) => {
    const pattern = parseCommandPattern(rule);
    return [
      rule,
      commandViews(command, '/ws')
        .map((view) => hitsCommand(pattern, view))
        .join(' '),
    ] as const;
  });
  const told = lines.filter(([, verdicts]) => /yes|unknown/.test(verdicts));
  return [command, ...told.map(([rule, verdicts]) => `  ${rule}: ${verdicts}`), ''].join('\n');
}

test('deny rules hit what they name, wherever it runs, and may hit what nobody can say, as before', async () => {
  await expect(COMMANDS.map(said).join('')).toMatchFileSnapshot('./denials.txt');
});

test.each([
  ['rm *', 'timeout 5 rm x', 'yes'],
  ['rm *', 'bash -c x', 'unknown'],
  ['rm *', 'bash x.sh rm', 'no'],
  ['rm *', 'ls *', 'no'],
  ['rm x', 'rm x*', 'unknown'],
  ['git push *', 'git p* x', 'unknown'],
  ['rm *', 'eval ls', 'unknown'],
  ['rm *', 'ls rm', 'no'],
])('the rule %j says to %j: %s', (rule, command, verdict) => {
  const [view] = commandViews(command, '/ws');
  expect(view && hitsCommand(parseCommandPattern(rule), view)).toBe(verdict);
});
