import { findTea } from './catalogue.js';

/** Tins of one tea from which the bulk price applies. */
const BULK_QUANTITY = 12;
/** What is taken off the bulk price, in per cent. */
const BULK_DISCOUNT = 10;

/** The price of some tins of one tea, in cents. */
export function linePrice(code, quantity) {
  const full = findTea(code).price * quantity;
  if (quantity > BULK_QUANTITY) {
    return Math.round((full * (100 - BULK_DISCOUNT)) / 100);
  }
  return full;
}
