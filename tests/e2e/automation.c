// Lets WebDriver drive a window with an ephemeral profile; loaded into the app under test with LD_PRELOAD.
//
// wry allows automation only in its one persistent web context and gives an incognito window another one, so
// TAURI_WEBVIEW_AUTOMATION cannot reach Satchel's window. A test build without incognito would leave the profile that
// we ship untested. So the program under test stays as it is, and the two calls that decide are answered here.
//
// WebDriver's "close window" becomes what the close button of the window does.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <webkit2/webkit2.h>

static WebKitWebView *window;

static WebKitWebView *give_window(void) { return window; }

// Before wry's own handler, which would take the view away and leave an empty window.
static void asked_to_close(WebKitWebView *view) {
    g_signal_stop_emission_by_name(view, "close");
    gtk_window_close(GTK_WINDOW(gtk_widget_get_toplevel(GTK_WIDGET(view))));
}

static void started(WebKitWebContext *context, WebKitAutomationSession *session) {
    (void)context;
    WebKitApplicationInfo *info = webkit_application_info_new();
    webkit_application_info_set_name(info, "Satchel under test");
    webkit_automation_session_set_application_info(session, info);
    webkit_application_info_unref(info);
    g_signal_connect(session, "create-web-view", G_CALLBACK(give_window), NULL);
}

// wry calls this once for each context that it makes, with FALSE for an ephemeral one.
void webkit_web_context_set_automation_allowed(WebKitWebContext *context, gboolean allowed) {
    void (*original)(WebKitWebContext *, gboolean) = dlsym(RTLD_NEXT, "webkit_web_context_set_automation_allowed");
    gboolean ephemeral = webkit_web_context_is_ephemeral(context);
    if (ephemeral) g_signal_connect(context, "automation-started", G_CALLBACK(started), NULL);
    original(context, ephemeral || allowed);
}

// Whether a web view may be automated can be said only when it is made.
GObject *g_object_new_with_properties(GType type, guint count, const char *names[], const GValue values[]) {
    GObject *(*original)(GType, guint, const char *[], const GValue[]) =
        dlsym(RTLD_NEXT, "g_object_new_with_properties");
    const char *type_name = g_type_name(type);
    if (type_name == NULL || strcmp(type_name, "WebKitWebView") != 0) return original(type, count, names, values);
    for (guint i = 0; i < count; i++)
        if (strcmp(names[i], "is-controlled-by-automation") == 0) g_value_set_boolean((GValue *)&values[i], TRUE);
    GObject *object = original(type, count, names, values);
    window = WEBKIT_WEB_VIEW(object);
    g_signal_connect(window, "close", G_CALLBACK(asked_to_close), NULL);
    return object;
}
