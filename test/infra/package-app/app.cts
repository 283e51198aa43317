import { App, Stack } from 'aws-cdk-lib';
import { TokenRotation, type TokenRotationProps } from 'genesys-token-rotation';
import { RotationStack } from 'genesys-token-rotation/rotation-stack';

/** The same app in CommonJS, as `cdk init` creates it. */
const app = new App();
const props: TokenRotationProps = { namePrefix: 'tokens', secretNames: ['crm/genesys'] };
new TokenRotation(new Stack(app, 'mine'), 'Tokens', props);
new RotationStack(app, 'genesys-token-rotation', { rotation: { allSecrets: true } });
