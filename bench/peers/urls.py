from django.urls import include, path

from bench.peers.views import WAYS

urlpatterns = [path("postman/", include("postman.urls"))]
urlpatterns += [path(f"trees/{way}/<int:pk>/", view, name=way) for way, view in WAYS.items()]
