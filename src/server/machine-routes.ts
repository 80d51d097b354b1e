/** The routes of machines: their pictures, and the states of running ones. */
import { Hono } from 'hono';
import * as z from 'zod';
import { agentMachine, orchestratorMachine, toolCallMachine } from '../actors/index.ts';
import { toSvg, type ViewOptions } from '../charts/index.ts';
import { visibleJson } from '../text/visible.ts';
import { type Bound, checks, describes, describesOther } from './openapi.ts';
import { Refusal } from './refusals.ts';
import { ActorState } from './schemas.ts';
import type { ApiParts } from './served-team.ts';

const MACHINES: ReadonlyMap<string, (view: ViewOptions) => Promise<string>> = new Map([
  ['orchestrator', (view: ViewOptions) => toSvg(orchestratorMachine, view)],
  ['agent', (view: ViewOptions) => toSvg(agentMachine, view)],
  ['tool-call', (view: ViewOptions) => toSvg(toolCallMachine, view)],
]);

const View = z.object({ root: z.string().optional(), depth: z.coerce.number().int().min(1).max(20).optional() });

export function machineRoutes({ team }: ApiParts): Hono<Bound> {
  return new Hono<Bound>()
    .get('/charts', describes('The names of the machines', z.array(z.string())), (c) => c.json([...MACHINES.keys()]))
    .get(
      '/charts/:machine',
      describesOther('A machine as SVG: all of it, or the state `root`, opened `depth` levels deep', 'image/svg+xml'),
      checks('query', View),
      async (c) => {
        const name = c.req.param('machine');
        const picture = await pictureOf(name, c.req.valid('query'));
        if (picture !== undefined) return c.body(picture, 200, { 'content-type': 'image/svg+xml; charset=utf-8' });
        const known = [...MACHINES.keys()].join(', ');
        throw new Refusal(404, 'not_found', `No machine is called ${visibleJson(name)}. Use one of: ${known}.`);
      },
    )
    .get('/actors/:id{.+}', describes('The machine of an agent or a call, and its state', ActorState), (c) => {
      const id = c.req.param('id');
      const state = team.actors?.state(id);
      if (state !== undefined) return c.json(state);
      const problem = `No actor ${visibleJson(id)} is known. It ended long ago, or ran in an earlier process.`;
      throw new Refusal(404, 'not_found', problem);
    });
}

/** Pictures by machine and view, drawn at the first request; those that cannot be drawn are not kept. */
const drawn = new Map<string, Promise<string>>();

/** `undefined` for an unknown machine. */
function pictureOf(name: string, view: ViewOptions): Promise<string> | undefined {
  const key = JSON.stringify([name, view.root, view.depth]);
  const picture = drawn.get(key) ?? MACHINES.get(name)?.(view);
  if (picture === undefined) return undefined;
  drawn.set(key, picture);
  picture.catch(() => drawn.delete(key));
  return picture;
}
