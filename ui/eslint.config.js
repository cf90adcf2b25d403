import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const lineCounts = { skipBlankLines: true, skipComments: true };

const injectsStyles = {
  group: ["svelte/transition", "svelte/animate", "svelte/legacy", "svelte/store"],
  message: "Transitions inject <style>, which the content security policy refuses; the rest is not runes.",
};
const onlyTheApiCallsTauri = {
  group: ["@tauri-apps/*", "@tauri-apps/**"],
  message: "Only src/lib/api talks to Tauri: add the command there.",
};

export default defineConfig(
  globalIgnores(["dist", "src/lib/bindings"]),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: [".svelte"] },
    },
    rules: {
      // tsc and svelte-check know the globals; this rule does not.
      "no-undef": "off",
      "max-lines": ["error", { max: 300, ...lineCounts }],
      "max-lines-per-function": ["error", { max: 70, ...lineCounts }],
      "no-restricted-imports": ["error", { patterns: [onlyTheApiCallsTauri, injectsStyles] }],
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      "max-lines": ["error", { max: 250 }],
      "svelte/no-inline-styles": ["error", { allowTransitions: false }],
      "svelte/no-at-html-tags": "error",
      "svelte/button-has-type": "error",
      "svelte/block-lang": ["error", { script: "ts" }],
    },
  },
  {
    files: ["src/lib/api/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [injectsStyles] }] },
  },
  {
    // A suite of tests is one function, however many tests it holds.
    files: ["**/*.test.ts"],
    rules: { "max-lines-per-function": "off" },
  },
  { files: ["**/*.js"], extends: [ts.configs.disableTypeChecked] },
);
