/** What each agent of the demo is told. A script knows its agent by the first words of the task. */
export const TASKS = {
  lead: 'A customer complains: twelve tins of Assam cost 54.00. Find out what is wrong, have it repaired, and have shipping documented.',
  tests:
    'Find out why a test of the bulk price fails, and repair the cause. Report what you did and what the tests say.',
  docs: 'Document what shipping costs, in README.md and in src/shipping.js, and add a line to CHANGELOG.md. Report what you did.',
  audit: 'Make a price list of all teas while the others work, and say what state the tests are in.',
} as const;
