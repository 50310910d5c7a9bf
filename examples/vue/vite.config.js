import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // `file:../../npm` is a link to a folder that has no Vue of its own. A package from a registry needs no such line.
  resolve: { dedupe: ['vue'] },
});
