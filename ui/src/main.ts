import "./tokens.css";
import "./components/ground.css";
import "./components/window.css";
import "./components/controls.css";
import "./components/views.css";
import "./components/lists.css";
import "./components/outbox.css";
import "./components/sheet.css";
import "./components/form.css";
import "./components/docket.css";
import "./components/order.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { api } from "./lib/api";

mount(App, { target: document.body, props: { api } });
