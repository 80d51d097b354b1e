import { linePrice } from './pricing.js';
import { shippingCost } from './shipping.js';

/** Adds a basket up. All amounts are in cents. */
export function totalOf(lines, zone) {
  const goods = lines.reduce(
    (sum, { code, quantity }) => sum + linePrice(code, quantity),
    0,
  );
  const shipping = shippingCost(goods, zone);
  return { goods, shipping, total: goods + shipping };
}

/** Writes an amount of cents as the shop prints it, e.g. `48.60`. */
export function formatPrice(cents) {
  return (cents / 100).toFixed(2);
}
