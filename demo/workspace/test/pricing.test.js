import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linePrice } from '../src/pricing.js';

test('a few tins cost their full price', () => {
  assert.equal(linePrice('assam', 3), 1350);
});

test('twelve tins get the bulk price', () => {
  assert.equal(linePrice('assam', 12), 4860);
});

test('more than twelve tins get the bulk price', () => {
  assert.equal(linePrice('sencha', 20), 11160);
});

test('an unknown tea is refused', () => {
  assert.throws(() => linePrice('coffee', 1), /Unknown tea: coffee/);
});
