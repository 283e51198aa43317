/** An execution of the workflow, as DescribeExecution shows it. */
export interface SimulatedExecution {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  /** Where a redrive continues. */
  failedState: string | undefined;
}

/** One credential of the fleet, and the progress of its rotation. */
export interface SimulatedSecret {
  readonly number: number;
  /** Whether AWSCURRENT is on the version of this rotation. */
  isPromoted: boolean;
  /** How often its refresh token was exchanged. */
  refreshes: number;
  /** Whether the journal has the result of the exchange. */
  isRecorded: boolean;
  execution: SimulatedExecution | undefined;
  /** Whether the failure was reported. */
  failureIsKnown: boolean;
}

/** A credential whose rotation has not begun. */
export function simulatedSecret(number: number): SimulatedSecret {
  return {
    number,
    isPromoted: false,
    refreshes: 0,
    isRecorded: false,
    execution: undefined,
    failureIsKnown: false,
  };
}
