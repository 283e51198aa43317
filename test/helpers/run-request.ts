import type { RunRequest } from '../../functions/rotation/run-execution.ts';
import { EXECUTION_ARN_PREFIX } from './execution-description.ts';
import { SECRET_ARN, SECRET_NAME, VERSION } from './secret.ts';

/** The name of the first execution of a rotation. */
export const EXECUTION_NAME = 'genesys-voicemail-d2228900a4-bb24e2f0910f2fed';

/** The executions of one rotation, in their order. */
export const [FIRST, SECOND, THIRD] = [
  `${EXECUTION_ARN_PREFIX}${EXECUTION_NAME}`,
  `${EXECUTION_ARN_PREFIX}${EXECUTION_NAME}-2`,
  `${EXECUTION_ARN_PREFIX}${EXECUTION_NAME}-3`,
] as const;

/** The request of the rotation function. */
export const RUN_REQUEST: RunRequest = {
  rotation: { secretArn: SECRET_ARN, secretName: SECRET_NAME, clientRequestToken: VERSION },
  purpose: 'rotate',
  sealedRotationToken: 'v1.a.b.c',
};

/** The input of the execution that this starts. */
export const FIRST_INPUT = {
  purpose: 'rotate',
  secretArn: SECRET_ARN,
  versionId: VERSION,
  sealedRotationToken: 'v1.a.b.c',
};
