#!/usr/bin/env node
'use strict';

// Old syntax on purpose: a Node that is too old must still be able to read this file and say so.

var NEEDED = [22, 15];

var found = process.versions.node.split('.').map(Number);
var message = ['cairn: needs Node ', NEEDED.join('.'), ' or newer, and this is Node ', found.join('.'), '\n'];

if (found[0] < NEEDED[0] || (found[0] === NEEDED[0] && found[1] < NEEDED[1])) {
  process.stderr.write(message.join(''));
  process.exit(2);
} else {
  require('node:module').enableCompileCache();
  require('../dist/main.js').main();
}
