/** What the shop sells. Prices are in cents, for one tin. */
const teas = new Map([
  ['assam', { name: 'Assam', price: 450 }],
  ['sencha', { name: 'Sencha', price: 620 }],
  ['rooibos', { name: 'Rooibos', price: 380 }],
]);

/** Looks a tea up by its code; throws for a code the shop does not know. */
export function findTea(code) {
  const tea = teas.get(code);
  if (tea === undefined) throw new RangeError(`Unknown tea: ${code}`);
  return tea;
}
