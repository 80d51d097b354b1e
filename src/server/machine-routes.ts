/** The routes of machines: their pictures, and the states of running ones. */
import { Hono } from 'hono';
import * as z from 'zod';
import { toSvg } from '../charts/index.ts';
import { agentMachine, crewMachine, orchestratorMachine, toolCallMachine } from '../index.ts';
import { visibleJson } from '../text/visible.ts';
import { type Bound, describes, describesOther } from './openapi.ts';
import { Refusal } from './refusals.ts';
import { ActorState } from './schemas.ts';
import type { ApiParts } from './served-team.ts';

const PICTURES: ReadonlyMap<string, () => Promise<string>> = new Map([
  ['orchestrator', once(() => toSvg(orchestratorMachine))],
  ['agent', once(() => toSvg(agentMachine))],
  ['tool-call', once(() => toSvg(toolCallMachine))],
  ['crew', once(() => toSvg(crewMachine))],
]);

export function machineRoutes({ team }: ApiParts): Hono<Bound> {
  return new Hono<Bound>()
    .get('/charts', describes('The names of the machines', z.array(z.string())), (c) => c.json([...PICTURES.keys()]))
    .get('/charts/:machine', describesOther('A machine as SVG', 'image/svg+xml'), async (c) => {
      const name = c.req.param('machine');
      const picture = await PICTURES.get(name)?.();
      if (picture !== undefined) return c.body(picture, 200, { 'content-type': 'image/svg+xml; charset=utf-8' });
      const known = [...PICTURES.keys()].join(', ');
      throw new Refusal(404, 'not_found', `No machine is called ${visibleJson(name)}. Use one of: ${known}.`);
    })
    .get('/actors/:id{.+}', describes('The machine of an agent or a call, and its state', ActorState), (c) => {
      const id = c.req.param('id');
      const state = team.actors?.state(id);
      if (state !== undefined) return c.json(state);
      const problem = `No actor ${visibleJson(id)} is known. It ended long ago, or ran in an earlier process.`;
      throw new Refusal(404, 'not_found', problem);
    });
}

/** Draws at the first request and keeps the picture. */
function once(draw: () => Promise<string>): () => Promise<string> {
  let picture: Promise<string> | undefined;
  return () => (picture ??= draw());
}
