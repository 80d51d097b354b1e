import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPrice, totalOf } from '../src/basket.js';

test('a basket adds its lines and the shipping', () => {
  const lines = [
    { code: 'assam', quantity: 2 },
    { code: 'rooibos', quantity: 1 },
  ];
  assert.deepEqual(totalOf(lines), { goods: 1280, shipping: 390, total: 1670 });
});

test('an empty basket costs nothing', () => {
  assert.deepEqual(totalOf([]), { goods: 0, shipping: 0, total: 0 });
});

test('prices are printed with two digits', () => {
  assert.equal(formatPrice(4860), '48.60');
});
