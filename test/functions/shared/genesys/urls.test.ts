import { describe, expect, it } from 'vitest';
import { genesysUrls, InvalidGateway } from '../../../../functions/shared/genesys/urls.ts';

describe('genesysUrls', () => {
  it.each([
    ['mypurecloud.de', 'https://login.mypurecloud.de', 'https://api.mypurecloud.de'],
    ['usw2.pure.cloud', 'https://login.usw2.pure.cloud', 'https://api.usw2.pure.cloud'],
  ])('returns the public hosts of %s', (host, loginUrl, apiUrl) => {
    expect(genesysUrls({})(host)).toEqual({ loginUrl, apiUrl });
  });

  it('treats empty variables as unset', () => {
    expect(genesysUrls({ GENESYS_LOGIN_URL: '', GENESYS_API_URL: '' })('mypurecloud.com')).toEqual({
      loginUrl: 'https://login.mypurecloud.com',
      apiUrl: 'https://api.mypurecloud.com',
    });
  });

  it('uses a gateway for every host, with its path but without trailing slashes', () => {
    const urlsOf = genesysUrls({
      GENESYS_LOGIN_URL: 'https://gateway.example:8443/login//',
      GENESYS_API_URL: 'http://127.0.0.1:9000',
    });

    expect(urlsOf('mypurecloud.de')).toEqual({
      loginUrl: 'https://gateway.example:8443/login',
      apiUrl: 'http://127.0.0.1:9000',
    });
  });

  it.each([
    ['https://gateway.example/login.{host}', 'https://gateway.example/login.mypurecloud.de'],
    ['https://login.{host}.gateway.example', 'https://login.mypurecloud.de.gateway.example'],
    [
      'https://gateway.example/{host}/login/{host}/',
      'https://gateway.example/mypurecloud.de/login/mypurecloud.de',
    ],
  ])('inserts the host of the credential into the gateway URL %s', (template, loginUrl) => {
    const urlsOf = genesysUrls({ GENESYS_LOGIN_URL: template, GENESYS_API_URL: 'https://gateway.example' });

    expect(urlsOf('mypurecloud.de')).toEqual({ loginUrl, apiUrl: 'https://gateway.example' });
  });

  it.each([{ GENESYS_LOGIN_URL: 'https://gateway.example' }, { GENESYS_API_URL: 'https://gateway.example' }])(
    'refuses an incomplete gateway: %j',
    environment => {
      expect(() => genesysUrls(environment)).toThrow(/GENESYS_LOGIN_URL and GENESYS_API_URL/);
    },
  );

  it.each(['gateway.example', 'ftp://gateway.example', 'localhost:8080', 'file:///etc/passwd'])(
    'refuses the invalid URL %j and names its variable',
    url => {
      const environment = { GENESYS_LOGIN_URL: 'https://gateway.example', GENESYS_API_URL: url };

      expect(() => genesysUrls(environment)).toThrow(InvalidGateway);
      expect(() => genesysUrls(environment)).toThrow(/GENESYS_API_URL/);
    },
  );

  it.each([
    'http://gateway.example/{host}',
    'http://{host}',
    'http://10.0.0.1',
    'http://0.0.0.0:8080',
    'http://localhost.gateway.example',
    'http://127.0.0.1.gateway.example',
    'http://127.0.0.1@gateway.example',
    'http://127.0.0.1:80@gateway.example:80',
    'http://[::2]',
    'http://[::ffff:10.0.0.1]',
    '\thttp://gateway.example',
  ])('refuses to send secrets in clear text to %j', url => {
    const api = { GENESYS_LOGIN_URL: 'https://gateway.example', GENESYS_API_URL: url };
    const login = { GENESYS_LOGIN_URL: url, GENESYS_API_URL: 'https://gateway.example' };

    expect(() => genesysUrls(api)).toThrow(/GENESYS_API_URL is not an https URL/);
    expect(() => genesysUrls(login)).toThrow(/GENESYS_LOGIN_URL is not an https URL/);
  });

  it.each([
    'http://localhost:8080/login.{host}',
    'http://127.0.0.1:8080/login.{host}',
    'http://127.255.255.254',
    'http://[::1]:8080',
    'http://[0:0:0:0:0:0:0:1]',
    'https://gateway.example',
    'HTTPS://gateway.example',
  ])('accepts %j', url => {
    expect(() => genesysUrls({ GENESYS_LOGIN_URL: url, GENESYS_API_URL: url })).not.toThrow();
  });
});
