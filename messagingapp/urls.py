from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("", include("messaging.urls"))]

if settings.ADMIN:
    urlpatterns += [path("admin/", admin.site.urls)]

handler400 = "messaging.views.bad_request"
handler403 = "messaging.views.forbidden"
handler404 = "messaging.views.not_found"
handler500 = "messaging.views.server_error"
