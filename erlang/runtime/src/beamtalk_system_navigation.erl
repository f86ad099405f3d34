%% @doc Primitive of `SystemNavigation': its one instance, which has no data.
-module(beamtalk_system_navigation).

-export(['class default'/1]).

-spec 'class default'(term()) -> map().
'class default'(_) -> #{'__class__' => 'bt@stdlib@SystemNavigation'}.
