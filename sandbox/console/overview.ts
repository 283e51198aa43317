import type { ConsoleSandbox } from './console-sandbox.ts';
import { credentialViews } from './credential-view.ts';
import { executionViews } from './execution-view.ts';
import type { LabelHistory } from './label-history.ts';
import type { Overview } from './views.ts';

/** The current overview. */
export function overviewOf(sandbox: ConsoleSandbox, labels: LabelHistory): Overview {
  return {
    now: sandbox.clock.now().toISOString(),
    executions: executionViews(sandbox),
    credentials: credentialViews(sandbox, labels),
    faults: sandbox.faults.rules().map(({ id, text, injected }) => ({ id, text, injected })),
  };
}
