/** Numbers from 0 to 1 (1 excluded), the same every time (a linear congruential generator; constants of Numerical Recipes). */
export function* seeded(seed: number): Generator<number, never> {
  for (let state = seed; ; yield state / 2 ** 32) state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
}
