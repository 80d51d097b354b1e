/** Validation of arguments, with an error that names the field. */
import type * as z from 'zod';
import { GreenroomError } from '../errors.ts';

/** @throws GreenroomError `invalid_params` with the first fault. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String).join('.');
  const place = path === '' ? '' : ` ${path}:`;
  throw new GreenroomError('invalid_params', `${where}:${place} ${issue?.message ?? 'invalid'}.`, { path });
}
