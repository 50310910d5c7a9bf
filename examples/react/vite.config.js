import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // `file:../../npm` is a link to a folder that has no React of its own. A package from a registry needs no such line.
  resolve: { dedupe: ['react'] },
});
