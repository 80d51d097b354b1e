/** `greenroom/testing`: agent teams that can be tested like any other code. */
export { call } from '../index.ts';
export type { Script, ScriptContext, ScriptStep } from '../index.ts';
export type { CallMatch } from './call-match.ts';
export { TestScheduler, type Arrival, type TestSchedulerOptions } from './test-scheduler.ts';
export { expectAgents, type AgentFacts, type AgentTree, type Budget } from './expect-agents.ts';
export { fakeTool, type FakeCall, type FakeTool, type FakeToolClock, type FakeToolOptions } from './fake-tool.ts';
export { ReplayDifference } from './difference.ts';
export { record, type RecordOptions } from './record.ts';
export { loadRecording, type Recording, saveRecording } from './recording.ts';
export { replay, type Branch, type ReplayOptions } from './replay.ts';
export { runTeam } from './run-team.ts';
export { seededIds, type TeamOptions, type TeamRun } from './team-options.ts';
export { scriptedHuman, type ExpectedQuestion, type ScriptedHuman } from './scripted-human.ts';
export { agentForm, type FormOptions, orchestratorForm, testAgentSpec, toolCallForm } from './machine-forms.ts';
export {
  type ActorReplies,
  type ActorReply,
  silentActor,
  testMachine,
  type TestMachine,
  type TestMachineOptions,
} from './test-machine.ts';
export { virtualClock, type VirtualClock } from './virtual-clock.ts';
export type { TeamUnderTest } from './explore/attempt.ts';
export { exploreTeam, type Exploration, type ExploreOptions, type Property } from './explore/explore-team.ts';
export { type AnswersTo, usualAnswers } from './explore/moves.ts';
