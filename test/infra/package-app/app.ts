import { App, Stack } from 'aws-cdk-lib';
import { TokenRotation, type TokenRotationProps } from 'genesys-token-rotation';
import { RotationStack } from 'genesys-token-rotation/rotation-stack';

/** A user's CDK app: the construct in a stack with other resources, and the whole stack. */
const app = new App();
const props: TokenRotationProps = {
  namePrefix: 'tokens',
  schedule: 'rate(4 hours)',
  secretNames: ['crm/genesys'],
};
const stack = new Stack(app, 'mine');
const { stateMachine } = new TokenRotation(stack, 'Tokens', props);
stack.exportValue(stateMachine.stateMachineArn);
new RotationStack(app, 'genesys-token-rotation', { rotation: { allSecrets: true } });
app.synth();
