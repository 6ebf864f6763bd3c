import { expect, test } from 'vitest';
import { cleaned } from '../../src/transport/git-failure.ts';
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
  'ssh://%2doProxyCommand=touch/x',
  'ssh://git@%2DoProxyCommand=touch/x',
  'ssh://host%0a/x',
  "https://user:p'w@host/x",
  'https://user:p"w@host/x',
  'https://user:p w@host/x',
  "ssh://u:p'w@host/x",
  'https://user:pa/ss@host/x',
  'https://user:pa?ss@host/x',
  'https://host:port/x',
  'user:secret@host:x',
  'user:secret@host/x',
  'user:se/cret@host:x',
])('%j is none', (url) => {
  expect(() => checkRemoteUrl(url)).toThrow(/not an address of a remote/);
});

test.each([
  ['https://ann:secret@host/x', 'https://***@host/x'],
  ['https://ghp_secret@host/x', 'https://***@host/x'],
  ['https://ann@corp:se@cret@host/x', 'https://***@host/x'],
  ['https://host/x?token=secret', 'https://host/x?***'],
  ['ssh://git:secret@host/x', 'ssh://git:***@host/x'],
  ['HTTPS://u:secret@host/x', 'HTTPS://***@host/x'],
  ["http://host/x?token=SEC'RET", 'http://host/x?***'],
  ['http://host/x#a b', 'http://host/x?***'],
  ['https://host/@scope/x', 'https://host/@scope/x'],
  ['ssh://git@host/x@y', 'ssh://git@host/x@y'],
  ['file:///srv/a@b', 'file:///srv/a@b'],
  ['git@host:x.git', 'git@host:x.git'],
  ['git@host:x@y/z', 'git@host:x@y/z'],
  ['host:models/@scope/x', 'host:models/@scope/x'],
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

test.each([
  "https://user:se'cret@127.0.0.1:1/x.git",
  'https://user:se"cret@host/x',
  'https://user:se cret@host/x',
  "https://se'cret@host",
  "ssh://u:se'cret@host/x",
  "HTTPS://u:se'cret@host/x",
  'https://user:se/cret@host/x',
  'https://ann:se?cret@host/x',
  'https://ann@corp:se/cret@host/x',
  "http://host?token=se'cret@x",
  'user:secret@host:x',
  'user:se/cret@host:x',
  ' https://user:secret@host/x',
  '\u001bhttps://user:secret@host/x',
  `https://${'x'.repeat(300)}secret@host/x`,
  `https://${'x'.repeat(3000)}secret@host/x`,
  'https://host/https://user:secret@host/x',
])('of %j, nothing secret is shown, also where it is refused', (url) => {
  expect(redactUrl(url)).not.toMatch(/se.?cret/);
  try {
    checkRemoteUrl(url);
  } catch (error) {
    expect(String(error)).not.toMatch(/se.?cret|x{100}/);
  }
});

test('a refused password is told how to be written', () => {
  expect(() => checkRemoteUrl("https://ann:it's@host/x")).toThrow(/%27/);
  expect(checkRemoteUrl('https://ann:it%27s@host/x').shown).toBe('https://***@host/x');
});

test('a password that a server says is taken out, whatever it writes before it', () => {
  const said = 'remote: \u001b[2Jhttps://u:secret@host/x\nremote: \u001b[31mssh://u:sec\u0007ret@host/x';
  expect(cleaned(said, 'https://host/x')).toBe(
    'remote: [2Jhttps://***@host/x\nremote: [31mssh://u:***@host/x',
  );
  const url = "https://host/x?token=SEC'RET";
  expect(cleaned(`fatal: unable to access '${url}/'`, url)).not.toContain('RET');
});
