#!/usr/bin/env node
/** The installed command: refuses a Node that is too old before it loads anything that such a Node cannot parse. */
const OLDEST = '22.18'; // as in `engines` of package.json
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [neededMajor = 0, neededMinor = 0] = OLDEST.split('.').map(Number);

if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) {
  void import('./main.ts');
} else {
  process.stderr.write(`greenroom needs Node ${OLDEST} or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 2;
}
