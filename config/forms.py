"""How every form of the site is rendered."""

from django.forms import CheckboxInput, RadioSelect
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

BARE = (CheckboxInput, RadioSelect)


class Field(BoundField):
    """A field whose control carries the class that the stylesheet knows."""

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        bare = widget.is_hidden or isinstance(widget, BARE)
        if not bare and "class" not in widget.attrs:
            attrs.setdefault("class", "input")
        return attrs


class Renderer(TemplatesSetting):
    field_template_name = "_field.html"
    bound_field_class = Field
