/**
 * Prints `N passed, N failed` from the JSON report of vitest: `node scripts/ci-summary.ts REPORT`.
 * A test file that cannot be loaded reports no tests; it counts as one failure.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('No report is named. Usage: node scripts/ci-summary.ts REPORT');

const report = Report.parse(JSON.parse(readFileSync(path, 'utf8')));
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests + brokenFiles.length} failed`);
