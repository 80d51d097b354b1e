import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bwrapArguments } from '../../../src/tools/sandbox/bwrap-arguments.ts';

const base = { mounts: [], cwd: '/w', network: false, command: ['/bin/bash', '-c', 'true'] } as const;

test('the root is read-only, namespaces are unshared, capabilities dropped, and it dies with its parent', () => {
  expect(bwrapArguments(base)).toEqual(
    [
      ['--unshare-all', '--die-with-parent', '--cap-drop', 'ALL'],
      ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
      ['--chdir', '/w', '--', '/bin/bash', '-c', 'true'],
    ].flat(),
  );
});

test('the network is shared only when asked for', () => {
  expect(bwrapArguments(base)).not.toContain('--share-net');
  expect(bwrapArguments({ ...base, network: true }).slice(0, 2)).toEqual(['--unshare-all', '--share-net']);
});

test('mounts keep their order, and each kind has its flags', () => {
  const args = bwrapArguments({
    ...base,
    mounts: [
      { kind: 'scratch', path: '/tmp' },
      { kind: 'write', path: '/w' },
      { kind: 'read', path: '/w/a b' },
      { kind: 'hidden-folder', path: '/h/.ssh' },
      { kind: 'hidden-file', path: '/h/.npmrc', source: '/e' },
    ],
  });
  expect(args.slice(args.indexOf('/proc') + 1, args.indexOf('--chdir'))).toEqual(
    [
      ['--tmpfs', '/tmp'],
      ['--bind', '/w', '/w'],
      ['--ro-bind', '/w/a b', '/w/a b'],
      ['--tmpfs', '/h/.ssh', '--remount-ro', '/h/.ssh'],
      ['--ro-bind', '/e', '/h/.npmrc'],
    ].flat(),
  );
});

test('no path and no command is ever read as an option, whatever it is called', () => {
  const name = fc.string({ unit: fc.constantFrom('-', ' ', '\n', "'", '"', '$', 'a', '\\', '*', 'é') });
  fc.assert(
    fc.property(name, fc.array(name), (text, rest) => {
      const path = `/w/${text}`;
      const args = bwrapArguments({
        ...base,
        cwd: path,
        mounts: [{ kind: 'write', path }],
        command: [text, ...rest],
      });
      const end = args.indexOf('--');
      expect(args.slice(end + 1)).toEqual([text, ...rest]);
      expect(args.slice(end - 5, end)).toEqual(['--bind', path, path, '--chdir', path]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test.each(['relative', '--bind', '', '/a\0b'])('%j is refused as a path', (path) => {
  expect(() => bwrapArguments({ ...base, cwd: path })).toThrow(RangeError);
  expect(() => bwrapArguments({ ...base, mounts: [{ kind: 'read', path }] })).toThrow(RangeError);
});
