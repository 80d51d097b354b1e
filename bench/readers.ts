/** Reads event streams in a process of its own: `readers.ts <url> <token> <count>`. Prints the number of lines when its input ends. */
import { createParser } from 'eventsource-parser';

const [url = '', token = '', count = '1'] = process.argv.slice(2);
const leaving = new AbortController();
let lines = 0;

async function read(): Promise<void> {
  const response = await fetch(new URL('/api/events', url), {
    headers: { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  });
  const parser = createParser({ onEvent: () => void (lines += 1) });
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) parser.feed(chunk);
}

const readers = Array.from({ length: Number(count) }, () => read().catch(() => undefined));
process.stdin.resume().once('end', () => {
  console.log(lines);
  leaving.abort();
});
console.log('reading');
await Promise.all(readers);
