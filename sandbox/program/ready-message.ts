import type { ControlServer } from '../control/control-server.ts';
import type { FirstCredential } from '../first-credential.ts';
import type { Sandbox } from '../sandbox.ts';

/** What a program needs to use the sandbox; the JSON that `npm run sandbox -- --json` prints. */
export type ReadyMessage = ReturnType<typeof readyMessage>;

/** @param server serves the console and the control API */
export function readyMessage(
  sandbox: Sandbox,
  server: Pick<ControlServer, 'url' | 'token' | 'pageUrl'>,
  credential: FirstCredential,
) {
  const { operator, account, genesysCloud } = sandbox;
  const { clientId, clientSecret, redirectUri, userName, password } = credential;
  return {
    aws: {
      endpoint: sandbox.awsUrl,
      region: account.region,
      accessKeyId: operator.accessKeyId,
      secretAccessKey: operator.secretAccessKey,
    },
    genesys: {
      loginUrl: genesysCloud.loginUrl,
      apiUrl: genesysCloud.apiUrl,
      region: 'mypurecloud.com',
      clientId,
      clientSecret,
      redirectUri,
      userName,
      password,
    },
    console: { url: server.pageUrl },
    control: { url: server.url, token: server.token },
    secretId: credential.secretArn,
    secretName: credential.secretName,
    stateMachineArn: sandbox.stateMachineArn,
    rotationFunctionArn: sandbox.rotationFunctionArn,
  };
}

/** The message as text. */
export function readyText(message: ReadyMessage): string {
  const { aws, genesys, control, secretName } = message;
  return `The sandbox is running. Console, to watch and break rotations:

  ${message.console.url}

In another terminal:

  export AWS_ENDPOINT_URL=${aws.endpoint} AWS_REGION=${aws.region} AWS_DEFAULT_REGION=${aws.region}
  export AWS_ACCESS_KEY_ID=${aws.accessKeyId} AWS_SECRET_ACCESS_KEY=${aws.secretAccessKey}
  export GENESYS_LOGIN_URL=${genesys.loginUrl}
  export GENESYS_API_URL=${genesys.apiUrl}
  npm run cli -- status
  npm run cli -- rotate ${secretName}
  aws secretsmanager rotate-secret --secret-id ${secretName}

Genesys Cloud login: user ${genesys.userName}, password ${genesys.password}
Control: ${control.url} (/faults, /injected, /clock, /clock/advance, /rotation-events)
  with the header Authorization: Bearer ${control.token}
Press Ctrl-C to stop.
`;
}
