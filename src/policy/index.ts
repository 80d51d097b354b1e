/** `greenroom/policy`: policy files, the folders whose files are trusted, and what rules would decide. */
export { BUILT_IN_TOOLS, explainCall, type DryRun } from '../calls/dry-run.ts';
export { loadPolicies, readPolicies, type LoadedPolicies, type LoadedPolicy } from './load.ts';
export { policyFilePaths, type PolicyPlaces } from './private-file.ts';
export { parsePolicy, type Policy, type PolicyCall, type PolicyRule } from './policy.ts';
export { testPolicy, type PolicyFailure, type PolicyReport } from './policy-test.ts';
export { saveRules, type SaveOptions } from './save.ts';
export { revokeTrust, trustFolder, type TrustOptions } from './trust.ts';
