import { expect, test } from 'vitest';
import { checkRemoteUrl, checkTransferUrl, redactUrl, remoteUrlFor } from '../../src/transport/remote-url.ts';

test.each([
  ['https://host.example/a/b.git', 'https', 'host.example'],
  ['http://user@127.0.0.1:8080/x', 'http', '127.0.0.1'],
  ['ssh://git@host:2222/~/x.git', 'ssh', 'host'],
  ['ssh://[::1]:22/x.git', 'ssh', '::1'],
  ['git@github.com:someone/models.git', 'ssh', 'github.com'],
  ['host:x', 'ssh', 'host'],
  ['git://host/x', 'git', 'host'],
  ['file:///srv/x.git', 'file', undefined],
  ['/srv/x:y.git', 'path', undefined],
  ['./x', 'path', undefined],
  ['./a:b', 'path', undefined],
  ['C:\\models\\x', 'path', undefined],
  ['https://gitlab.example/-/x.git', 'https', 'gitlab.example'],
])('%s is an address', (url, kind, host) => {
  expect(checkRemoteUrl(url)).toMatchObject({ kind, text: url, ...(host && { host }), perModel: false });
});

test.each([
  '',
  '--upload-pack=touch x',
  '-x',
  'ext::sh -c "touch x"',
  'fd::7',
  '::x',
  'ssh://-oProxyCommand=touch/x',
  'ssh://git@-oProxyCommand=touch/x',
  '-oProxyCommand=touch:x',
  'git@-oProxyCommand=touch:x',
  'host:-x',
  'ssh:///x',
  'ftp://host/x',
  'javascript://x/y',
  'https://host/\nx',
  'https://host/\u001b[31m',
  `https://host/${'x'.repeat(3000)}`,
])('%j is none', (url) => {
  expect(() => checkRemoteUrl(url)).toThrow(/not an address of a remote/);
});

test.each([
  ['https://ann:secret@host/x', 'https://***@host/x'],
  ['https://ghp_secret@host/x', 'https://***@host/x'],
  ['https://ann@corp:se@cret@host/x', 'https://***@host/x'],
  ['https://ann:se?cret@host/x', 'https://***@host/x'],
  ['https://host/x?token=secret', 'https://host/x?***'],
  ['ssh://git:secret@host/x', 'ssh://git:***@host/x'],
  ['git@host:x.git', 'git@host:x.git'],
  ['/srv/x', '/srv/x'],
])('%s is shown as %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
  expect(checkRemoteUrl(url).shown).toBe(shown);
});

test('the name of a repository goes where the placeholder is, and only then the address is used', () => {
  expect(checkRemoteUrl('git@host:models/{model}.git').perModel).toBe(true);
  expect(remoteUrlFor('git@host:models/{model}.git', 'a.b')).toBe('git@host:models/a.b.git');
  expect(remoteUrlFor('https://host/{model}', 'a+b')).toBe('https://host/a%2Bb');
  expect(() => checkTransferUrl('git@host:models/{model}.git')).toThrow(/expected the name/);
  expect(() => checkTransferUrl('../x')).toThrow(/expected an absolute path/);
  expect(checkTransferUrl('/x').kind).toBe('path');
});

test('an error about a bad address does not tell the password', () => {
  expect(() => checkRemoteUrl('ftp://ann:secret@host/x')).toThrow(/^(?!.*secret)/);
});
