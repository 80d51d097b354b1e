const FREE_FROM = 5000;
const RATES = { domestic: 390, europe: 890, world: 1490 };

export function shippingCost(goods, zone = 'domestic') {
  if (!Object.hasOwn(RATES, zone)) {
    throw new RangeError(`Unknown shipping zone: ${zone}`);
  }
  if (goods === 0) return 0;
  if (zone === 'domestic' && goods >= FREE_FROM) return 0;
  return RATES[zone];
}
