// Becomes hubspot-sdk.js, which calling.html loads:
//   npm install @hubspot/calling-extensions-sdk esbuild
//   npx esbuild sdk.js --bundle --minify --outfile=hubspot-sdk.js
import CallingExtensions from '@hubspot/calling-extensions-sdk';

window.CallingExtensions = CallingExtensions;
