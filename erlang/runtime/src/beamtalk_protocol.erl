%% @doc Primitives of `Protocol', and conformance by having the methods.
-module(beamtalk_protocol).

-export(['class requiredMethods:'/2, 'class conformingClasses:'/2, 'class isProtocol:'/2]).
-export(['class allProtocols'/1, 'class named:'/2, conforms/2, named/1, find/1]).
-export([name/1, requiredMethods/1, requiredClassMethods/1, conformingClasses/1, doc/1]).

-type protocol() :: #{'__class__' := module(), name := atom()}.
-export_type([protocol/0]).

%%% Protocols as objects: a name, looked up at each question, so that a new definition is seen

%% What a protocol's name means in code.
-spec named(atom()) -> protocol().
named(Name) -> 'class named:'({'$class', 'bt@stdlib@Protocol'}, Name).

-spec 'class named:'(beamtalk_class:class_object(), term()) -> protocol().
'class named:'(_, Name) ->
    #{name := Found} = found(Name, 'named:'),
    object(Found).

-spec find(atom()) -> {ok, protocol()} | error.
find(Name) ->
    case definition(Name) of
        {ok, #{name := Found}} -> {ok, object(Found)};
        error -> error
    end.

object(Name) -> #{'__class__' => 'bt@stdlib@Protocol', name => Name}.

-spec name(protocol()) -> atom().
name(#{name := Name}) -> Name.

-spec requiredMethods(protocol()) -> [atom()].
requiredMethods(#{name := Name}) -> maps:get(methods, found(Name, requiredMethods)).

-spec requiredClassMethods(protocol()) -> [atom()].
requiredClassMethods(#{name := Name}) -> maps:get(class_methods, found(Name, requiredClassMethods)).

-spec conformingClasses(protocol()) -> [beamtalk_class:class_object()].
conformingClasses(#{name := Name}) -> conforming(found(Name, conformingClasses)).

-spec doc(protocol()) -> binary() | nil.
doc(#{name := Name}) -> maps:get(doc, found(Name, doc), nil).

%%% Questions by name

-spec 'class requiredMethods:'(beamtalk_class:class_object(), term()) -> [atom()].
'class requiredMethods:'(_, Name) -> maps:get(methods, found(Name, 'requiredMethods:')).

-spec 'class conformingClasses:'(beamtalk_class:class_object(), term()) -> [beamtalk_class:class_object()].
'class conformingClasses:'(_, Name) -> conforming(found(Name, 'conformingClasses:')).

conforming(Protocol) ->
    [{'$class', M} || M <- beamtalk_registry:classes(), satisfies({'$class', M}, Protocol)].

-spec 'class isProtocol:'(beamtalk_class:class_object(), term()) -> boolean().
'class isProtocol:'(_, Name) -> definition(Name) =/= error.

-spec 'class allProtocols'(beamtalk_class:class_object()) -> [atom()].
'class allProtocols'(_) ->
    _ = beamtalk_registry:scan_extensions(),
    lists:sort([Name || #{name := Name} <- beamtalk_registry:protocols()]).

%% Has the class every method that the protocol asks for? The protocol is said by its name or is
%% the object.
-spec conforms(beamtalk_class:class_object(), term()) -> boolean().
conforms(Class, Protocol) -> satisfies(Class, found(Protocol, 'conformsTo:')).

satisfies(Class, #{methods := Instance, class_methods := OfClass}) ->
    understands_all(Class, Instance) andalso understands_all(beamtalk_class:class_object(Class), OfClass).

understands_all(_Class, []) -> true;
understands_all(Class, Selectors) ->
    lists:all(fun(Selector) -> beamtalk_behaviour:'canUnderstand:'(Class, Selector) end, Selectors).

found(#{'__class__' := 'bt@stdlib@Protocol', name := Name}, Selector) ->
    found(Name, Selector);
found(Name, Selector) when is_atom(Name) ->
    case definition(Name) of
        {ok, Protocol} ->
            Protocol;
        error ->
            Message = [<<"Protocol '">>, atom_to_binary(Name), <<"' not found">>],
            beamtalk_exception:raise(not_found, 'Protocol', Selector, Message, nil, Name)
    end;
found(Other, Selector) ->
    beamtalk_exception:type_error('Protocol', Selector, <<"a protocol or its name">>, Other).

%% A program that no loader has registered is found on the code path.
definition(#{'__class__' := 'bt@stdlib@Protocol', name := Name}) ->
    definition(Name);
definition(Name) ->
    case beamtalk_registry:protocol(Name) of
        {ok, Protocol} ->
            {ok, Protocol};
        error ->
            case beamtalk_registry:scan_extensions() of
                true -> beamtalk_registry:protocol(Name);
                false -> error
            end
    end.
