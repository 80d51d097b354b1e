import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippingCost } from '../src/shipping.js';

test('a small domestic parcel pays for shipping', () => {
  assert.equal(shippingCost(4999), 390);
});

test('a domestic parcel of 50.00 ships free', () => {
  assert.equal(shippingCost(5000), 0);
});

test('a parcel abroad always pays for shipping', () => {
  assert.equal(shippingCost(9000, 'europe'), 890);
});

test('an unknown zone is refused', () => {
  assert.throws(() => shippingCost(1000, 'moon'), /Unknown shipping zone/);
});
