/** Ids that look like the real ones and are the same every time. */

/**
 * Mints UUIDs of version 7 in form: they hold the seed and a counter, so they sort in the order made. Two with the same seed
 * give the same ids.
 * @param seed A whole number from 0 on. Default 1.
 */
export function seededIds(seed = 1): () => string {
  let count = 0;
  const high = Math.trunc(Math.abs(seed)).toString(16).padStart(12, '0').slice(-12);
  return () => {
    count += 1;
    const low = count.toString(16).padStart(12, '0');
    return `${high.slice(0, 8)}-${high.slice(8)}-7000-8000-${low}`;
  };
}
