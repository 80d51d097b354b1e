/** NDJSON: one envelope a line, and nothing else on standard output. */
import type { Writable } from 'node:stream';
import { visibleLine } from '../text/visible.ts';
import type { View } from './view.ts';

export function jsonView(output: Writable, notices: Writable): View {
  return {
    show: (entry) => void output.write(`${JSON.stringify(entry)}\n`),
    notice: (text) => void notices.write(`greenroom: ${visibleLine(text)}\n`),
  };
}
