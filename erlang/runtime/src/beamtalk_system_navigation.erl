%% @doc Primitives of `SystemNavigation': what the code of methods mentions, read from the
%% `'$index'()' of every class, or from the text of a method where there is none. Runs in the caller's
%% process.
-module(beamtalk_system_navigation).

-export(['class default'/1, indexRecords/1, 'indexRecords:named:'/3, 'mentionsIn:'/2, 'lineOf:in:source:'/4]).
-export([definitionRecords/1, unindexedClasses/1, 'ownMethodsOf:'/2, extensionRecords/1, generatedSelectors/1]).
-export(['isPrimitiveMethod:in:'/3, 'wrong:expected:selector:'/4, 'raiseFfiSpecError:'/2]).

-spec 'class default'(term()) -> map().
'class default'(_) -> #{'__class__' => 'bt@stdlib@SystemNavigation'}.

%%% What the index says

%% @doc Every send, named class, field access, symbol and call of Erlang in the methods of classes:
%% dictionaries with `owner' (the name of the class), `classSide', `selector', `line', `kind', `name',
%% and for sends `receiver', for calls of Erlang `module' and `arity'.
-spec indexRecords(term()) -> [map()].
indexRecords(_) ->
    [record(Item, origin(Entry)) || Entry <- entries(), Item <- element(4, Entry)].

%% @doc Those of one kind and name; both are compared before a record is made.
-spec 'indexRecords:named:'(term(), atom(), atom()) -> [map()].
'indexRecords:named:'(_, Kind, Name) ->
    [record(Item, origin(Entry)) || Entry <- entries(), Item <- element(4, Entry), is_named(Item, Kind, Name)].

is_named({erlang, Module, _, _, _}, erlang, Module) -> true;
is_named(Item, Kind, Name) -> element(1, Item) =:= Kind andalso Kind =/= erlang andalso element(2, Item) =:= Name.

entries() -> [Entry || Module <- beamtalk_registry:classes(), Entry <- index(Module)].

%% Classes made at run time, and code of another version of the compiler, have no index.
index(Module) ->
    case erlang:function_exported(Module, '$index', 0) of
        true -> Module:'$index'();
        false -> []
    end.

origin({Name, Side, Selector, _}) -> #{owner => Name, classSide => Side =:= class, selector => Selector}.

record({send, Selector, Receiver, Line}, Origin) ->
    Origin#{kind => send, name => Selector, receiver => receiver(Receiver), line => Line};
record({erlang, Module, Function, Arity, Line}, Origin) ->
    Origin#{kind => erlang, name => Function, module => Module, arity => Arity, line => Line};
record({Kind, Name, Line}, Origin) ->
    Origin#{kind => Kind, name => Name, line => Line}.

receiver({class, Name}) -> Name;
receiver(Word) -> Word.

%% @doc The methods that indexed classes define: dictionaries with `owner', `classSide', `selector'.
-spec definitionRecords(term()) -> [map()].
definitionRecords(_) ->
    [
        #{owner => beamtalk_class:name(Module), classSide => Side =:= class, selector => Selector}
     || Module <- beamtalk_registry:classes(),
        has_index(Module),
        Side <- [instance, class],
        #{selector := Selector} <- descriptions(Module, Side)
    ].

has_index(Module) -> erlang:function_exported(Module, '$index', 0).

%% @doc The classes whose methods are known by their text alone.
-spec unindexedClasses(term()) -> [beamtalk_class:class_object()].
unindexedClasses(_) -> [{'$class', Module} || Module <- beamtalk_registry:classes(), not has_index(Module)].

%%% What the text of methods says

%% @doc What a text mentions: dictionaries as of the index, without where they are from; besides,
%% those of kind `announced' name the classes in arguments of `announce:'.
-spec 'mentionsIn:'(term(), term()) -> [map()].
'mentionsIn:'(_, Text) when is_binary(Text) ->
    [record(Mention, #{}) || Mention <- beamtalk_source_mentions:of_method(Text)];
'mentionsIn:'(_, Other) ->
    beamtalk_exception:type_error('SystemNavigation', 'mentionsIn:', <<"a String">>, Other).

%% @doc The line of its file on which a method begins that has this text; 1 where none has.
-spec 'lineOf:in:source:'(term(), atom(), term(), binary()) -> pos_integer().
'lineOf:in:source:'(_, Selector, {Tag, Module}, Text) when Tag =:= '$class'; Tag =:= '$metaclass' ->
    Side = side(Tag),
    Known = descriptions(Module, Side) ++ beamtalk_registry:extensions_of(beamtalk_class:name(Module), Side),
    hd([Line || #{selector := S, source := T, line := Line} <- Known, S =:= Selector, T =:= Text, Line > 0] ++ [1]);
'lineOf:in:source:'(_, _, _, _) ->
    1.

side('$class') -> instance;
side('$metaclass') -> class.

descriptions(Module, Side) -> maps:get(key(Side), beamtalk_class:meta(Module), []).

key(instance) -> methods;
key(class) -> class_methods.

%% @doc The methods of one side of a class as objects, without those that extensions add.
-spec 'ownMethodsOf:'(term(), beamtalk_class:class_object()) -> [map()].
'ownMethodsOf:'(_, {Tag, Module} = Class) ->
    [beamtalk_behaviour:'>>'(Class, Selector) || #{selector := Selector} <- descriptions(Module, side(Tag))].

%% @doc The extension methods: dictionaries with `class', `selector', `package', `file', `target' (the
%% name of the class, or `X class'), `source'.
-spec extensionRecords(term()) -> [map()].
extensionRecords(_) ->
    _ = beamtalk_registry:scan_extensions(),
    [
        #{
            class => sided(Module, Side),
            target => beamtalk_behaviour:name(sided(Module, Side)),
            selector => Selector,
            package => package_of(Extension),
            file => maps:get(file, Extension, nil),
            source => maps:get(source, Extension, <<>>)
        }
     || {ExtensionModule, #{target := Target, side := Side, selector := Selector} = Description} <-
            beamtalk_registry:extensions_by_module(),
        Extension <- [Description#{module => ExtensionModule}],
        {ok, Module} <- [beamtalk_registry:lookup(Target)]
    ].

sided(Module, instance) -> {'$class', Module};
sided(Module, class) -> {'$metaclass', Module}.

%% The extension's module says the package: `bt@package@path@File+ext'.
package_of(#{module := Module}) ->
    case string:split(atom_to_list(Module), "@", all) of
        ["bt", Package | _] -> list_to_atom(Package);
        _ -> nil
    end.

%%% Selectors

%% @doc The selectors that objects answer without a method in their source: accessors and
%% constructors of value classes.
-spec generatedSelectors(term()) -> [atom()].
generatedSelectors(_) ->
    lists:usort([S || M <- beamtalk_registry:classes(), S <- generated(beamtalk_class:meta(M))]).

generated(#{kind := Kind, fields := Fields}) when Kind =:= value; Kind =:= exception; Kind =:= testCase ->
    Names = [atom_to_list(Name) || #{name := Name} <- Fields],
    Keywords = lists:append([Name ++ ":" || Name <- Names]),
    [list_to_atom(S) || S <- [Keywords | Names ++ [with(Name) || Name <- Names]], S =/= ""];
generated(_) ->
    [].

with([First | Rest]) -> "with" ++ string:uppercase([First]) ++ Rest ++ ":".

-spec 'isPrimitiveMethod:in:'(term(), atom(), beamtalk_class:class_object()) -> boolean().
'isPrimitiveMethod:in:'(_, Selector, {Tag, Module}) ->
    lists:any(
        fun(Description) -> maps:get(selector, Description) =:= Selector andalso maps:get(primitive, Description, false) end,
        descriptions(Module, side(Tag))
    );
'isPrimitiveMethod:in:'(_, _, Other) ->
    beamtalk_exception:type_error('SystemNavigation', 'isPrimitiveMethod:in:', <<"a class">>, Other).

%%% Errors

%% @doc Says that an argument of a question is of the wrong class.
-spec 'wrong:expected:selector:'(term(), term(), binary(), binary()) -> no_return().
'wrong:expected:selector:'(_, Given, Expected, Selector) ->
    beamtalk_exception:type_error('SystemNavigation', binary_to_atom(Selector), Expected, Given).

%% @doc Says how a specification of Erlang functions is written.
-spec 'raiseFfiSpecError:'(term(), term()) -> no_return().
'raiseFfiSpecError:'(_, Specification) ->
    Message = [
        "expected module, module:function or module:function/arity, got ",
        beamtalk_print:shown(Specification)
    ],
    beamtalk_exception:raise(invalid_argument, 'SystemNavigation', 'ffiSitesFor:', Message, nil, nil).
