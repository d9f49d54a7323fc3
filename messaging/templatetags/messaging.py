from django import template

from messaging import dom

register = template.Library()

register.simple_tag(dom.dom_id)
