import { describe, it } from 'vitest';
import { AwsError } from '../../sandbox/aws/aws-error.ts';
import { changingResponse, diagnoseWorld, type Fault, UNAVAILABLE } from './diagnose-world.ts';

const { expectFound } = diagnoseWorld();

const AWS_FAULTS: readonly Fault[] = [
  {
    fault: 'a missing deployment',
    step: 'deployment',
    fix: '--stack',
    args: ['crm/genesys-1', '--stack', 'other'],
  },
  {
    fault: 'too little reserved concurrency',
    step: 'rotation-function',
    fix: 'aws lambda delete-function-concurrency',
    intercept: changingResponse('GetFunctionConcurrency', () => ({ ReservedConcurrentExecutions: 9 })),
  },
  {
    fault: 'a rotation function whose update failed',
    step: 'rotation-function',
    fix: 'npm run deploy',
    intercept: changingResponse('GetFunctionConfiguration', response =>
      JSON.stringify(response).includes('-rotation-rotation"')
        ? { ...response, LastUpdateStatus: 'Failed' }
        : response,
    ),
  },
  {
    fault: 'a function that Secrets Manager may not invoke',
    step: 'invocation',
    fix: 'aws lambda add-permission',
    prepare: ({ sandbox }) => sandbox.permissions.revoke({ role: 'secretsmanager.amazonaws.com' }),
  },
  {
    fault: 'a missing function of the workflow',
    step: 'task-functions',
    fix: 'npm run deploy',
    intercept: async (call, next) => {
      if (call.operation === 'GetFunctionConfiguration' && JSON.stringify(call.input).includes('-verify')) {
        throw new AwsError('ResourceNotFoundException', 'Function not found', { statusCode: 404 });
      }
      return await next();
    },
  },
  {
    fault: 'a seal key that is disabled',
    step: 'seal-key',
    fix: 'aws kms enable-key',
    prepare: ({ sandbox: { kms, stack } }) => {
      const { SealKeyArn = '' } = stack.outputs;
      kms.disableKey(SealKeyArn);
      return () => kms.enableKey(SealKeyArn);
    },
  },
  {
    fault: 'a seal key that is scheduled for deletion',
    step: 'seal-key',
    fix: 'aws kms cancel-key-deletion',
    prepare: ({ sandbox: { kms, stack } }) => {
      const { SealKeyArn = '' } = stack.outputs;
      kms.scheduleKeyDeletion(SealKeyArn);
      return () => {
        kms.cancelKeyDeletion(SealKeyArn);
        kms.enableKey(SealKeyArn);
      };
    },
  },
  {
    fault: 'a state machine that is being deleted',
    step: 'workflow',
    fix: 'npm run deploy',
    intercept: changingResponse('DescribeStateMachine', response => ({ ...response, status: 'DELETING' })),
  },
];

const GENESYS_FAULTS: readonly Fault[] = [
  {
    fault: 'a rotation that failed',
    step: 'last-execution',
    fix: 'genesys-token-rotation redrive {secret}',
    prepare: async (world, { secretArn }) => {
      const restoreService = world.refreshesRespondWith(UNAVAILABLE);
      await world.rotate(secretArn);
      restoreService();
    },
  },
  {
    fault: 'a refresh token that was rejected',
    step: 'last-execution',
    fix: /^Next\n.*\n.* authorize \S+\n.*\n.* redrive \S+$/m,
    alsoWrong: ['access-token'],
    prepare: async (world, { secretArn, clientId }) => {
      world.revokeUserOf(clientId);
      await world.rotate(secretArn);
    },
  },
  {
    fault: 'a client that was deleted',
    step: 'client',
    fix: 'clientId',
    prepare: ({ sandbox }, { clientId }) => sandbox.genesysCloud.deleteClient(clientId),
  },
  {
    fault: 'Genesys Cloud that cannot be reached',
    step: 'client',
    fix: 'status.mypurecloud.com',
    prepare: ({ sandbox }) => sandbox.genesysCloud.refuseConnections(),
  },
  {
    fault: 'a user whose tokens were revoked',
    step: 'access-token',
    fix: 'genesys-token-rotation authorize {secret}',
    prepare: (world, { clientId }) => world.revokeUserOf(clientId),
  },
  {
    fault: 'an API that is unavailable',
    step: 'access-token',
    fix: 'status.mypurecloud.com',
    prepare: world => world.usersRespondWith(UNAVAILABLE),
  },
];

describe('diagnose names the fix for', () => {
  it.each([...AWS_FAULTS, ...GENESYS_FAULTS])('$fault', expectFound);
});
