/** An execution of the workflow, as DescribeExecution shows it. */
export interface SimulatedExecution {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  /** Where a redrive goes on. */
  failedState: string | undefined;
}

/** One credential of the fleet, and how far its rotation is. */
export interface SimulatedSecret {
  readonly number: number;
  /** Whether AWSCURRENT is on the version of this rotation. */
  isPromoted: boolean;
  /** How often its refresh token was traded. */
  refreshes: number;
  execution: SimulatedExecution | undefined;
  /** Whether somebody was told that it fails. */
  failureIsKnown: boolean;
}

/** A credential whose rotation has not begun. */
export function simulatedSecret(number: number): SimulatedSecret {
  return { number, isPromoted: false, refreshes: 0, execution: undefined, failureIsKnown: false };
}
